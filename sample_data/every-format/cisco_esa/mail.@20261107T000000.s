Wed Nov  4 17:25:08 2026 Info: ICID 19 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Wed Nov  4 17:25:08 2026 Info: New SMTP ICID 20 interface Data1 (10.0.0.1) address 203.0.113.250 reverse dns host ex01.example.com verified no
Wed Nov  4 17:25:08 2026 Info: New SMTP ICID 21 interface Data1 (10.0.0.1) address 198.51.100.96 reverse dns host mail.best-for-you.example verified no
Wed Nov  4 17:25:08 2026 Info: ICID 20 ACCEPT SG RELAYLIST match 203.0.113.250 SBRS None country Germany
Wed Nov  4 17:25:08 2026 Info: ICID 21 ACCEPT SG UNKNOWNLIST match 198.51.100.96 SBRS None country Germany
Wed Nov  4 17:25:08 2026 Info: ICID 20 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov  4 17:25:08 2026 Info: ICID 21 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Wed Nov  4 17:25:08 2026 Info: Start MID 48 ICID 19
Wed Nov  4 17:25:08 2026 Info: MID 48 ICID 19 From: <sven.jansen@parnell1.example>
Wed Nov  4 17:25:08 2026 Info: MID 48 ICID 19 RID 0 To: <anna.brandt@example.com>
Wed Nov  4 17:25:08 2026 Info: MID 48 Message-ID '<cisco_esa.f1bbcd88000008@parnell1.example>'
Wed Nov  4 17:25:08 2026 Info: MID 48 Subject "Angebot 4711"
Wed Nov  4 17:25:08 2026 Info: MID 48 ready 11200 bytes from <sven.jansen@parnell1.example>
Wed Nov  4 17:25:09 2026 Info: Start MID 49 ICID 20
Wed Nov  4 17:25:09 2026 Info: MID 49 ICID 20 From: <greta.acker@example.com>
Wed Nov  4 17:25:09 2026 Info: MID 49 ICID 20 RID 0 To: <carla.gruber@contoso-like.example>
Wed Nov  4 17:25:09 2026 Info: Start MID 50 ICID 21
Wed Nov  4 17:25:09 2026 Info: MID 50 ICID 21 From: <mona.acker@best-for-you.example>
Wed Nov  4 17:25:09 2026 Info: MID 50 ICID 21 RID 0 To: <tara.conrad@example.com>
Wed Nov  4 17:25:09 2026 Info: MID 49 Message-ID '<cisco_esa.8ff34739000009@example.com>'
Wed Nov  4 17:25:09 2026 Info: MID 49 Subject "Grüße aus Köln – Änderungen im Büro"
Wed Nov  4 17:25:09 2026 Info: MID 50 Message-ID '<cisco_esa.2e2ac0ea00000a@best-for-you.example>'
Wed Nov  4 17:25:09 2026 Info: MID 50 Subject "Release notes 🎉 version 7"
Wed Nov  4 17:25:09 2026 Info: MID 49 ready 82195 bytes from <greta.acker@example.com>
Wed Nov  4 17:25:09 2026 Info: MID 50 ready 6146 bytes from <mona.acker@best-for-you.example>
Wed Nov  4 17:25:09 2026 Info: Start MID 51 ICID 20
Wed Nov  4 17:25:09 2026 Info: MID 51 ICID 20 From: <david.acker@example.com>
Wed Nov  4 17:25:09 2026 Info: MID 51 ICID 20 RID 0 To: <elif.acker@northwind1.example>
Wed Nov  4 17:25:09 2026 Info: MID 49 antivirus negative
Wed Nov  4 17:25:09 2026 Info: New SMTP DCID 14 interface 10.0.0.2 address 203.0.113.250 port 25
Wed Nov  4 17:25:09 2026 Info: ICID 19 close
Wed Nov  4 17:25:09 2026 Info: MID 51 Message-ID '<cisco_esa.cc623a9b00000b@example.com>'
Wed Nov  4 17:25:09 2026 Info: MID 51 Subject "Invoice 2026-1189, due 30 Nov"
Wed Nov  4 17:25:09 2026 Info: MID 51 ready 23499 bytes from <david.acker@example.com>
Wed Nov  4 17:25:10 2026 Info: DCID 14 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Wed Nov  4 17:25:10 2026 Info: DCID 14 close
Wed Nov  4 17:25:10 2026 Info: New SMTP DCID 15 interface 10.0.0.2 address 198.51.100.95 port 25
Wed Nov  4 17:25:10 2026 Info: New SMTP DCID 16 interface 10.0.0.2 address 203.0.113.250 port 25
Wed Nov  4 17:25:10 2026 Info: ICID 21 close
Wed Nov  4 17:25:10 2026 Info: DCID 15 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov  4 17:25:10 2026 Info: New SMTP DCID 17 interface 10.0.0.2 address 2001:db8:5::24 port 25
Wed Nov  4 17:25:10 2026 Info: ICID 20 close
Wed Nov  4 17:25:10 2026 Info: DCID 16 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Wed Nov  4 17:25:10 2026 Info: Delivery start DCID 14 MID 48 to RID [0]
Wed Nov  4 17:25:11 2026 Info: DCID 17 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov  4 17:25:11 2026 Warning: Delayed: DCID 14 MID 48 to RID 0 - 4.1.0 - Unknown address error ('450', ['later'])
Wed Nov  4 17:25:11 2026 Info: Delivery start DCID 15 MID 49 to RID [0]
Wed Nov  4 17:25:11 2026 Info: Delivery start DCID 16 MID 50 to RID [0]
Wed Nov  4 17:25:11 2026 Info: Message done DCID 15 MID 49 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Wed Nov  4 17:25:11 2026 Info: Message finished MID 49 done
Wed Nov  4 17:25:11 2026 Info: Delivery start DCID 17 MID 51 to RID [0]
Wed Nov  4 17:25:11 2026 Info: Message done DCID 16 MID 50 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Wed Nov  4 17:25:11 2026 Info: Message finished MID 50 done
Wed Nov  4 17:25:11 2026 Info: MID 49 antivirus negative
Wed Nov  4 17:25:12 2026 Warning: Delayed: DCID 17 MID 51 to RID 0 - 4.1.0 - Unknown address error ('450', ['later'])
Wed Nov  4 17:25:12 2026 Info: DCID 15 close
Wed Nov  4 17:25:12 2026 Info: DCID 16 close
Wed Nov  4 17:25:12 2026 Info: DCID 17 close
Wed Nov  4 17:35:09 2026 Info: New SMTP DCID 18 interface 10.0.0.2 address 203.0.113.250 port 25
Wed Nov  4 17:35:10 2026 Info: DCID 18 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Wed Nov  4 17:35:10 2026 Info: New SMTP DCID 19 interface 10.0.0.2 address 2001:db8:5::24 port 25
Wed Nov  4 17:35:10 2026 Info: Delivery start DCID 18 MID 48 to RID [0]
Wed Nov  4 17:35:11 2026 Info: DCID 19 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov  4 17:35:11 2026 Info: Message done DCID 18 MID 48 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Wed Nov  4 17:35:11 2026 Info: Message finished MID 48 done
Wed Nov  4 17:35:11 2026 Info: Delivery start DCID 19 MID 51 to RID [0]
Wed Nov  4 17:35:11 2026 Info: DCID 18 close
Wed Nov  4 17:35:12 2026 Info: Message done DCID 19 MID 51 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Wed Nov  4 17:35:12 2026 Info: Message finished MID 51 done
Wed Nov  4 17:35:12 2026 Info: DCID 19 close
Mon Nov  9 05:05:02 2026 Info: New SMTP ICID 22 interface Data1 (10.0.0.1) address 203.0.113.250 reverse dns host ex01.example.com verified no
Mon Nov  9 05:05:02 2026 Info: ICID 22 ACCEPT SG RELAYLIST match 203.0.113.250 SBRS None country Germany
Mon Nov  9 05:05:02 2026 Info: ICID 22 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Mon Nov  9 05:05:03 2026 Info: New SMTP ICID 23 interface Data1 (10.0.0.1) address 198.51.100.105 reverse dns host mx2.city-power.example verified no
Mon Nov  9 05:05:03 2026 Info: ICID 23 ACCEPT SG UNKNOWNLIST match 198.51.100.105 SBRS None country Germany
Mon Nov  9 05:05:03 2026 Info: Start MID 52 ICID 22
Mon Nov  9 05:05:03 2026 Info: MID 52 ICID 22 From: <mona.dietz@example.com>
Mon Nov  9 05:05:03 2026 Info: MID 52 ICID 22 RID 0 To: <lars.brandt@bellows.example>
Mon Nov  9 05:05:03 2026 Info: MID 52 Message-ID '<cisco_esa.6a99b44c00000c@example.com>'
Mon Nov  9 05:05:03 2026 Info: MID 52 Subject ""
Mon Nov  9 05:05:03 2026 Info: ICID 23 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Mon Nov  9 05:05:03 2026 Info: MID 52 ready 61961 bytes from <mona.dietz@example.com>
Mon Nov  9 05:05:04 2026 Info: Start MID 53 ICID 23
Mon Nov  9 05:05:04 2026 Info: MID 53 ICID 23 From: <uwe.haas@city-power.example>
Mon Nov  9 05:05:04 2026 Info: MID 53 ICID 23 RID 0 To: <karin.conrad@example.com>
Mon Nov  9 05:05:04 2026 Info: MID 53 ICID 23 RID 1 To: <hugo.brandt@example.com>
Mon Nov  9 05:05:04 2026 Info: MID 53 Message-ID '<cisco_esa.08d12dfd00000d@city-power.example>'
Mon Nov  9 05:05:04 2026 Info: MID 53 Subject "=SUM(A1) is not a formula"
Mon Nov  9 05:05:04 2026 Info: MID 53 ready 54591 bytes from <uwe.haas@city-power.example>
Mon Nov  9 05:05:04 2026 Info: New SMTP DCID 20 interface 10.0.0.2 address 2001:db8:5::18 port 25
Mon Nov  9 05:05:04 2026 Info: ICID 22 close
Mon Nov  9 05:05:04 2026 Info: DCID 20 TLS success protocol TLSv1 cipher ECDHE-RSA-AES256-SHA
Mon Nov  9 05:05:05 2026 Info: New SMTP DCID 21 interface 10.0.0.2 address 203.0.113.250 port 25
Mon Nov  9 05:05:05 2026 Info: ICID 23 close
Mon Nov  9 05:05:05 2026 Info: Delivery start DCID 20 MID 52 to RID [0]
Mon Nov  9 05:05:05 2026 Info: DCID 21 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Mon Nov  9 05:05:05 2026 Info: Message done DCID 20 MID 52 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Mon Nov  9 05:05:05 2026 Info: Message finished MID 52 done
Mon Nov  9 05:05:06 2026 Info: Delivery start DCID 21 MID 53 to RID [0, 1]
Mon Nov  9 05:05:06 2026 Info: DCID 20 close
Mon Nov  9 05:05:06 2026 Info: Message done DCID 21 MID 53 to RID [0, 1] [('X-IronPort-AV', 'E=Sophos')]
Mon Nov  9 05:05:06 2026 Info: Message finished MID 53 done
Mon Nov  9 05:05:07 2026 Info: DCID 21 close
Tue Nov 10 09:00:35 2026 Info: New SMTP ICID 24 interface Data1 (10.0.0.1) address 203.0.113.250 reverse dns host ex01.example.com verified no
Tue Nov 10 09:00:35 2026 Info: ICID 24 ACCEPT SG RELAYLIST match 203.0.113.250 SBRS None country Germany
Tue Nov 10 09:00:35 2026 Info: ICID 24 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Tue Nov 10 09:00:36 2026 Info: Start MID 54 ICID 24
Tue Nov 10 09:00:36 2026 Info: MID 54 ICID 24 From: <elif.brandt@example.com>
Tue Nov 10 09:00:36 2026 Info: MID 54 ICID 24 RID 0 To: <david.jansen@alpine-ski.example>
Tue Nov 10 09:00:36 2026 Info: MID 54 Message-ID '<cisco_esa.a708a7ae00000e@example.com>'
Tue Nov 10 09:00:36 2026 Info: MID 54 Subject "Lieferschein Nr. 20, "eilig""
Tue Nov 10 09:00:36 2026 Info: MID 54 ready 15402 bytes from <elif.brandt@example.com>
Tue Nov 10 09:00:37 2026 Info: New SMTP DCID 22 interface 10.0.0.2 address 198.51.100.101 port 25
Tue Nov 10 09:00:37 2026 Info: ICID 24 close
Tue Nov 10 09:00:37 2026 Info: DCID 22 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Tue Nov 10 09:00:38 2026 Info: Delivery start DCID 22 MID 54 to RID [0]
Tue Nov 10 09:00:38 2026 Info: Message done DCID 22 MID 54 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Tue Nov 10 09:00:38 2026 Info: Message finished MID 54 done
Tue Nov 10 09:00:39 2026 Info: DCID 22 close
Tue Nov 10 09:40:58 2026 Info: Begin Logfile
Tue Nov 10 09:41:57 2026 Info: New SMTP ICID 13 interface Data1 (10.0.0.1) address 192.0.2.12 reverse dns host mx3.fabrikam.example verified no
Tue Nov 10 09:41:57 2026 Info: ICID 13 ACCEPT SG FABRIKAM match 192.0.2.12 SBRS None country Germany
Tue Nov 10 09:41:57 2026 Info: ICID 13 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Tue Nov 10 09:41:57 2026 Info: New SMTP ICID 14 interface Data1 (10.0.0.1) address 198.51.100.116 reverse dns host mail.parnell1.example verified no
Tue Nov 10 09:41:57 2026 Info: ICID 14 ACCEPT SG UNKNOWNLIST match 198.51.100.116 SBRS None country Germany
Tue Nov 10 09:41:58 2026 Info: ICID 14 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Tue Nov 10 09:41:58 2026 Info: Start MID 41 ICID 13
Tue Nov 10 09:41:58 2026 Info: MID 41 ICID 13 From: <tara.acker@fabrikam.example>
Tue Nov 10 09:41:58 2026 Info: MID 41 ICID 13 RID 0 To: <tara.dietz@example.com>
Tue Nov 10 09:41:58 2026 Info: MID 41 Message-ID '<cisco_esa.4540215f00000f@fabrikam.example>'
Tue Nov 10 09:41:58 2026 Info: MID 41 Subject "Newsletter ☃️ November"
Tue Nov 10 09:41:58 2026 Info: MID 41 ready 16429 bytes from <tara.acker@fabrikam.example>
Tue Nov 10 09:41:58 2026 Info: New SMTP ICID 15 interface Data1 (10.0.0.1) address 203.0.113.250 reverse dns host ex01.example.com verified no
Tue Nov 10 09:41:58 2026 Info: ICID 15 ACCEPT SG RELAYLIST match 203.0.113.250 SBRS None country Germany
Tue Nov 10 09:41:58 2026 Info: Start MID 42 ICID 14
Tue Nov 10 09:41:58 2026 Info: MID 42 ICID 14 From: <sven.jansen@parnell1.example>
Tue Nov 10 09:41:58 2026 Info: MID 42 ICID 14 RID 0 To: <lars.conrad@example.com>
Tue Nov 10 09:41:58 2026 Info: MID 42 Message-ID '<cisco_esa.e3779b10000010@parnell1.example>'
Tue Nov 10 09:41:58 2026 Info: MID 42 Subject "Newsletter ☃️ November"
Tue Nov 10 09:41:59 2026 Info: MID 42 ready 78598 bytes from <sven.jansen@parnell1.example>
Tue Nov 10 09:41:59 2026 Info: ICID 15 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Tue Nov 10 09:41:59 2026 Info: New SMTP DCID 6 interface 10.0.0.2 address 203.0.113.250 port 25
Tue Nov 10 09:41:59 2026 Info: ICID 13 close
Tue Nov 10 09:41:59 2026 Info: Start MID 43 ICID 15
Tue Nov 10 09:41:59 2026 Info: MID 43 ICID 15 From: <paul.brandt@example.com>
Tue Nov 10 09:41:59 2026 Info: MID 43 ICID 15 RID 0 To: <nils.dietz@city-power.example>
Tue Nov 10 09:41:59 2026 Info: DCID 6 close
Tue Nov 10 09:41:59 2026 Info: MID 43 Message-ID '<cisco_esa.81af14c1000011@example.com>'
Tue Nov 10 09:41:59 2026 Info: MID 43 Subject "Grüße aus Köln – Änderungen im Büro"
Tue Nov 10 09:41:59 2026 Info: DCID 6 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Tue Nov 10 09:41:59 2026 Info: New SMTP DCID 7 interface 10.0.0.2 address 203.0.113.250 port 25
Tue Nov 10 09:41:59 2026 Info: ICID 14 close
Tue Nov 10 09:41:59 2026 Info: MID 43 ready 45681 bytes from <paul.brandt@example.com>
Tue Nov 10 09:42:00 2026 Info: DCID 7 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Tue Nov 10 09:42:00 2026 Info: Delivery start DCID 6 MID 41 to RID [0]
Tue Nov 10 09:42:00 2026 Info: New SMTP DCID 8 interface 10.0.0.2 address 198.51.100.105 port 25
Tue Nov 10 09:42:00 2026 Info: ICID 15 close
Tue Nov 10 09:42:00 2026 Info: Message done DCID 6 MID 41 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Tue Nov 10 09:42:00 2026 Info: Message finished MID 41 done
Tue Nov 10 09:42:00 2026 Info: Delivery start DCID 7 MID 42 to RID [0]
Tue Nov 10 09:42:01 2026 Info: DCID 8 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Tue Nov 10 09:42:01 2026 Info: Message done DCID 7 MID 42 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Tue Nov 10 09:42:01 2026 Info: Message finished MID 42 done
Tue Nov 10 09:42:01 2026 Info: Delivery start DCID 8 MID 43 to RID [0]
Tue Nov 10 09:42:01 2026 Info: DCID 7 close
Tue Nov 10 09:42:02 2026 Info: Message done DCID 8 MID 43 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Tue Nov 10 09:42:02 2026 Info: Message finished MID 43 done
Tue Nov 10 09:42:02 2026 Info: DCID 8 close
Wed Nov 11 06:03:29 2026 Info: New SMTP ICID 16 interface Data1 (10.0.0.1) address 198.51.100.101 reverse dns host mx1.alpine-ski.example verified no
Wed Nov 11 06:03:29 2026 Info: ICID 16 ACCEPT SG UNKNOWNLIST match 198.51.100.101 SBRS None country Germany
Wed Nov 11 06:03:30 2026 Info: ICID 16 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Wed Nov 11 06:03:30 2026 Info: Start MID 44 ICID 16
Wed Nov 11 06:03:30 2026 Info: MID 44 ICID 16 From: <david.jansen@alpine-ski.example>
Wed Nov 11 06:03:30 2026 Info: MID 44 ICID 16 RID 0 To: <paul.dietz@example.com>
Wed Nov 11 06:03:30 2026 Info: MID 44 ICID 16 RID 1 To: <olga.acker@example.com>
Wed Nov 11 06:03:30 2026 Info: MID 44 Message-ID '<cisco_esa.1fe68e72000012@alpine-ski.example>'
Wed Nov 11 06:03:30 2026 Info: MID 44 Subject "Lieferschein Nr. 20, "eilig""
Wed Nov 11 06:03:31 2026 Info: MID 44 ready 22066 bytes from <david.jansen@alpine-ski.example>
Wed Nov 11 06:03:31 2026 Info: New SMTP DCID 9 interface 10.0.0.2 address 203.0.113.250 port 25
Wed Nov 11 06:03:31 2026 Info: ICID 16 close
Wed Nov 11 06:03:32 2026 Info: DCID 9 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov 11 06:03:32 2026 Info: Delivery start DCID 9 MID 44 to RID [0, 1]
Wed Nov 11 06:03:33 2026 Warning: Delayed: DCID 9 MID 44 to RID 0 - 4.1.0 - Unknown address error ('450', ['later'])
Wed Nov 11 06:03:33 2026 Warning: Delayed: DCID 9 MID 44 to RID 1 - 4.1.0 - Unknown address error ('450', ['later'])
Wed Nov 11 06:03:33 2026 Info: DCID 9 close
Wed Nov 11 06:13:31 2026 Info: New SMTP DCID 10 interface 10.0.0.2 address 203.0.113.250 port 25
Wed Nov 11 06:13:32 2026 Info: DCID 10 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov 11 06:13:32 2026 Info: Delivery start DCID 10 MID 44 to RID [0, 1]
Wed Nov 11 06:13:33 2026 Info: Message done DCID 10 MID 44 to RID [0, 1] [('X-IronPort-AV', 'E=Sophos')]
Wed Nov 11 06:13:33 2026 Info: Message finished MID 44 done
Wed Nov 11 06:13:33 2026 Info: DCID 10 close
Wed Nov 11 08:43:51 2026 Info: New SMTP ICID 17 interface Data1 (10.0.0.1) address 203.0.113.250 reverse dns host ex01.example.com verified no
Wed Nov 11 08:43:51 2026 Info: ICID 17 ACCEPT SG RELAYLIST match 203.0.113.250 SBRS None country Germany
Wed Nov 11 08:43:52 2026 Info: Start MID 45 ICID 17
Wed Nov 11 08:43:52 2026 Info: MID 45 ICID 17 From: <nils.brandt@example.com>
Wed Nov 11 08:43:52 2026 Info: MID 45 ICID 17 RID 0 To: <mona.keller@phone-company.example>
Wed Nov 11 08:43:52 2026 Info: MID 45 ICID 17 RID 1 To: <olga.maier@phone-company.example>
Wed Nov 11 08:43:52 2026 Info: MID 45 ICID 17 RID 2 To: <uwe.brandt@phone-company.example>
Wed Nov 11 08:43:52 2026 Info: MID 45 Message-ID '<cisco_esa.be1e0823000013@example.com>'
Wed Nov 11 08:43:52 2026 Info: MID 45 Subject "Newsletter ☃️ November"
Wed Nov 11 08:43:52 2026 Info: MID 45 ready 44659 bytes from <nils.brandt@example.com>
Wed Nov 11 08:43:53 2026 Info: New SMTP DCID 11 interface 10.0.0.2 address 2001:db8:5::6 port 25
Wed Nov 11 08:43:53 2026 Info: ICID 17 close
Wed Nov 11 08:43:53 2026 Info: DCID 11 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov 11 08:43:54 2026 Info: Delivery start DCID 11 MID 45 to RID [0, 1, 2]
Wed Nov 11 08:43:54 2026 Warning: Delayed: DCID 11 MID 45 to RID 0 - 4.1.0 - Unknown address error ('450', ['later'])
Wed Nov 11 08:43:54 2026 Warning: Delayed: DCID 11 MID 45 to RID 1 - 4.1.0 - Unknown address error ('450', ['later'])
Wed Nov 11 08:43:54 2026 Warning: Delayed: DCID 11 MID 45 to RID 2 - 4.1.0 - Unknown address error ('450', ['later'])
Wed Nov 11 08:43:55 2026 Info: DCID 11 close
Wed Nov 11 08:53:53 2026 Info: New SMTP DCID 12 interface 10.0.0.2 address 2001:db8:5::6 port 25
Wed Nov 11 08:53:53 2026 Info: DCID 12 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov 11 08:53:54 2026 Info: Delivery start DCID 12 MID 45 to RID [0, 1, 2]
Wed Nov 11 08:53:54 2026 Info: Message done DCID 12 MID 45 to RID [0, 1, 2] [('X-IronPort-AV', 'E=Sophos')]
Wed Nov 11 08:53:54 2026 Info: Message finished MID 45 done
Wed Nov 11 08:53:55 2026 Info: DCID 12 close
Wed Nov 11 09:01:15 2026 Info: New SMTP ICID 18 interface Data1 (10.0.0.1) address 2001:db8:5::24 reverse dns host unknown verified no
Wed Nov 11 09:01:15 2026 Info: ICID 18 ACCEPT SG UNKNOWNLIST match 2001:db8:5::24 SBRS None country Germany
Wed Nov 11 09:01:15 2026 Info: ICID 18 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov 11 09:01:16 2026 Info: Start MID 46 ICID 18
Wed Nov 11 09:01:16 2026 Info: MID 46 ICID 18 From: <david.novak@northwind1.example>
Wed Nov 11 09:01:16 2026 Info: MID 46 ICID 18 RID 0 To: <rosa.dietz@example.com>
Wed Nov 11 09:01:16 2026 Info: MID 46 Message-ID '<cisco_esa.5c5581d4000014@northwind1.example>'
Wed Nov 11 09:01:16 2026 Info: MID 46 Subject "Newsletter ☃️ November"
Wed Nov 11 09:01:16 2026 Info: MID 46 ready 13356 bytes from <david.novak@northwind1.example>
Wed Nov 11 09:01:17 2026 Info: New SMTP DCID 13 interface 10.0.0.2 address 203.0.113.250 port 25
Wed Nov 11 09:01:17 2026 Info: ICID 18 close
Wed Nov 11 09:01:17 2026 Info: DCID 13 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Wed Nov 11 09:01:18 2026 Info: Delivery start DCID 13 MID 46 to RID [0]
Wed Nov 11 09:01:18 2026 Info: Message done DCID 13 MID 46 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Wed Nov 11 09:01:18 2026 Info: Message finished MID 46 done
Wed Nov 11 09:01:19 2026 Info: DCID 13 close
Wed Nov 11 13:03:02 2026 Info: New SMTP ICID 19 interface Data1 (10.0.0.1) address 2001:db8:5::12 reverse dns host unknown verified no
Wed Nov 11 13:03:02 2026 Info: ICID 19 ACCEPT SG UNKNOWNLIST match 2001:db8:5::12 SBRS None country Germany
Wed Nov 11 13:03:03 2026 Info: Start MID 47 ICID 19
Wed Nov 11 13:03:03 2026 Info: MID 47 ICID 19 From: <anna.gruber@first-up.example>
Wed Nov 11 13:03:03 2026 Info: MID 47 ICID 19 RID 0 To: <ines.acker@example.com> Rejected by RAT
Wed Nov 11 13:03:03 2026 Info: Message aborted MID 47 Receiving aborted by sender
Wed Nov 11 13:03:04 2026 Info: New SMTP ICID 20 interface Data1 (10.0.0.1) address 203.0.113.250 reverse dns host unknown verified no
Wed Nov 11 13:03:04 2026 Info: ICID 20 ACCEPT SG RELAYLIST match 203.0.113.250 SBRS None country Germany
Wed Nov 11 13:03:04 2026 Info: ICID 20 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Wed Nov 11 13:03:04 2026 Info: ICID 19 close
Wed Nov 11 13:03:05 2026 Info: Start MID 48 ICID 20
Wed Nov 11 13:03:05 2026 Info: MID 48 ICID 20 From: <carla.acker@example.com>
Wed Nov 11 13:03:05 2026 Info: MID 48 ICID 20 RID 0 To: <elif.acker@northwind1.example>
Wed Nov 11 13:03:05 2026 Info: MID 48 Message-ID '<cisco_esa.36fbeee7000017@example.com>'
Wed Nov 11 13:03:05 2026 Info: MID 48 Subject "Quote for "Project Nordwind""
Wed Nov 11 13:03:05 2026 Info: MID 48 ready 13109 bytes from <carla.acker@example.com>
Wed Nov 11 13:03:06 2026 Info: New SMTP DCID 14 interface 10.0.0.2 address 2001:db8:5::24 port 25
Wed Nov 11 13:03:06 2026 Info: ICID 20 close
Wed Nov 11 13:03:06 2026 Info: DCID 14 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov 11 13:03:07 2026 Info: Delivery start DCID 14 MID 48 to RID [0]
Wed Nov 11 13:03:07 2026 Info: Message done DCID 14 MID 48 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Wed Nov 11 13:03:07 2026 Info: Message finished MID 48 done
Wed Nov 11 13:03:08 2026 Info: DCID 14 close
Wed Nov 11 15:31:24 2026 Info: New SMTP ICID 21 interface Data1 (10.0.0.1) address 2001:db8:5::c reverse dns host mx3.trey.example verified no
Wed Nov 11 15:31:24 2026 Info: ICID 21 ACCEPT SG UNKNOWNLIST match 2001:db8:5::c SBRS None country Germany
Wed Nov 11 15:31:25 2026 Info: ICID 21 TLS success protocol TLSv1.3 cipher TLS_AES_256_GCM_SHA384
Wed Nov 11 15:31:25 2026 Info: Start MID 49 ICID 21
Wed Nov 11 15:31:25 2026 Info: MID 49 ICID 21 From: <olga.acker@trey.example>
Wed Nov 11 15:31:25 2026 Info: MID 49 ICID 21 RID 0 To: <elif.brandt@example.com>
Wed Nov 11 15:31:25 2026 Info: MID 49 Message-ID '<cisco_esa.d5336898000018@trey.example>'
Wed Nov 11 15:31:25 2026 Info: MID 49 Subject "Grüße aus Köln – Änderungen im Büro"
Wed Nov 11 15:31:26 2026 Info: MID 49 ready 8601 bytes from <olga.acker@trey.example>
Wed Nov 11 15:31:26 2026 Info: New SMTP DCID 15 interface 10.0.0.2 address 203.0.113.250 port 25
Wed Nov 11 15:31:26 2026 Info: ICID 21 close
Wed Nov 11 15:31:27 2026 Info: DCID 15 TLS success protocol TLSv1.2 cipher ECDHE-RSA-AES256-GCM-SHA384
Wed Nov 11 15:31:27 2026 Info: Delivery start DCID 15 MID 49 to RID [0]
Wed Nov 11 15:31:28 2026 Info: Message done DCID 15 MID 49 to RID [0] [('X-IronPort-AV', 'E=Sophos')]
Wed Nov 11 15:31:28 2026 Info: Message finished MID 49 done
Wed Nov 11 15:31:28 2026 Info: DCID 15 close
