"""How the audit page looks: light, dark, narrow and on paper."""

STYLE = """
:root{color-scheme:light dark;--ink:#1b1f24;--dim:#57606a;--line:#d0d7de;--paper:#fff;--panel:#f6f8fa;--alarm:#b42318;--warn:#8a4b00;
--alarm-soft:#fdeceb;--warn-soft:#fff3dc;--v0:#b42318;--v1:#7a1c52;--v2:#d97706;--v3:#e7b93c;--v4:#3b78c3;--v5:#1f4f8f;--v6:#8c959f;
--l0:#1b1f24;--l1:#1f5fae;--l2:#b4500f;--l3:#2c7a3f;--l4:#8a3a8f;--l5:#0f7c86;--l6:#8c6d1f}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--dim:#9aa4af;--line:#3a424c;--paper:#14181d;--panel:#1c2128;--alarm:#ff8a7d;
--warn:#f0b35a;--alarm-soft:#3a1d1b;--warn-soft:#33270f;--v0:#d6453d;--v1:#a8437f;--v2:#e08a2c;--v3:#e7c765;--v4:#4585d6;--v5:#275fa8;
--v6:#7d8590;--l0:#e6e9ed;--l1:#6cb0ff;--l2:#f0954f;--l3:#6fc983;--l4:#d49ad8;--l5:#57c7d1;--l6:#d9b95a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;padding:1.5rem 1.25rem 4rem;max-width:82rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;overflow-wrap:break-word}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.3rem;line-height:1.25;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:2px solid var(--ink)}
h3{font-size:1.05rem;margin:1.25rem 0 .35rem}
p{margin:.35rem 0;max-width:60rem}
.lead{font-size:1.15rem}
.dim{color:var(--dim)}
.alarm{color:var(--alarm);font-weight:600}
.warn{color:var(--warn);font-weight:600}
nav ul{list-style:none;padding:0;margin:.75rem 0 0;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem}
a{color:inherit;text-underline-offset:.2em}
ul.plain{margin:.35rem 0;padding-left:1.25rem;max-width:60rem}
.overview{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1rem;margin:1rem 0}
.half{border:1px solid var(--line);border-radius:.5rem;background:var(--panel);padding:1rem 1.1rem}
.half h3{margin:0}
.big{font-size:2.1rem;font-weight:700;line-height:1.2;margin:.15rem 0}
.big small{display:block;font-size:1rem;font-weight:400;line-height:1.4}
.half svg,td svg{display:block}
.half svg{width:100%;height:.9rem;margin:.5rem 0}
.finding{border-left:.35rem solid var(--line);background:var(--panel);padding:.6rem 1rem;margin:.75rem 0}
.finding h3{margin:0}
.finding.alarm-edge{border-color:var(--alarm)}
.finding.alarm-edge h3{color:var(--alarm)}
.scroll{overflow-x:auto;margin:.75rem 0}
.scroll:focus-visible{outline:2px solid var(--l1);outline-offset:2px}
table{border-collapse:collapse;font-size:.94rem;font-variant-numeric:tabular-nums;min-width:min(100%,30rem)}
caption{text-align:left;color:var(--dim);padding:0 0 .3rem;font-size:.9rem}
th,td{padding:.28rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
td:has(>svg){vertical-align:middle}
thead th{border-bottom:2px solid var(--ink);vertical-align:bottom}
thead th.num{white-space:normal;max-width:11rem}
.key{white-space:nowrap}
tbody th{font-weight:400}
tr.part th{font-weight:600;background:var(--panel);padding-top:.6rem}
tbody.total th,tbody.total td{font-weight:700;border-top:2px solid var(--ink)}
th.num,td.num{text-align:right}
td.num{white-space:nowrap}
.code{font:.82rem/1.4 ui-monospace,"Cascadia Mono",Consolas,"DejaVu Sans Mono",monospace;word-break:break-all;min-width:18rem}
td.alarm{background:var(--alarm-soft)}
td.warn{background:var(--warn-soft)}
td.dim{color:var(--dim)}
.chart{min-width:42rem;max-width:62rem;width:100%;height:auto;display:block}
.chart text{fill:var(--dim);font-size:13px;font-family:inherit}
.chart .axis{stroke:var(--line);stroke-width:1}
.chart .in{font-size:11.5px;font-weight:600;fill:#fff;text-anchor:middle}
.chart .in.ink{fill:#1b1f24}
.keys{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;padding:0;margin:.25rem 0 .5rem}
.keys li{display:flex;align-items:center;gap:.4rem}
.keys svg{width:2.2rem;height:.9rem;flex:none}
.f0{fill:var(--v0)}.f1{fill:var(--v1)}.f2{fill:var(--v2)}.f3{fill:var(--v3)}.f4{fill:var(--v4)}.f5{fill:var(--v5)}.f6{fill:var(--v6)}
.none{fill:var(--line)}
.s{fill:none;stroke-width:2;stroke-linejoin:round}
.s0{stroke:var(--l0);stroke-width:2.6}.s1{stroke:var(--l1)}.s2{stroke:var(--l2)}.s3{stroke:var(--l3)}.s4{stroke:var(--l4)}.s5{stroke:var(--l5)}
.s6{stroke:var(--l6)}
.m0{fill:var(--l0)}.m1{fill:var(--l1)}.m2{fill:var(--l2)}.m3{fill:var(--l3)}.m4{fill:var(--l4)}.m5{fill:var(--l5)}.m6{fill:var(--l6)}
summary{cursor:pointer}
@media (max-width:40rem){body{padding:1rem .8rem 3rem}h1{font-size:1.45rem}th,td{padding:.25rem .45rem}}
@page{margin:14mm}
@media print{
:root{color-scheme:light;--ink:#000;--dim:#444;--line:#bbb;--paper:#fff;--panel:#fff;--alarm:#a01810;--warn:#7a4200;--alarm-soft:#fff;
--warn-soft:#fff;--v0:#b42318;--v1:#7a1c52;--v2:#d97706;--v3:#e7b93c;--v4:#3b78c3;--v5:#1f4f8f;--v6:#8c959f;--l0:#000;--l1:#1f5fae;
--l2:#b4500f;--l3:#2c7a3f;--l4:#8a3a8f;--l5:#0f7c86;--l6:#8c6d1f}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{max-width:none;padding:0;font-size:10pt}
nav,summary{display:none}
.scroll{overflow:visible}
table{font-size:8pt}
caption{font-size:8.5pt}
th,td{padding:.12rem .35rem}
.code{font-size:7pt;min-width:0}
.chart{min-width:0}
thead{display:table-header-group}
tr,.half,.finding,.chart{break-inside:avoid}
h2,h3,caption,tr.part{break-after:avoid}
}
"""
