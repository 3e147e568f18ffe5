-- title: New observations of hops that a list of messages may show too
-- help: They are resolved together with the rows of that list.
INSERT INTO contended_hop
SELECT DISTINCT hop_key
FROM new_link
WHERE link IN (SELECT link FROM contended_link) AND hop_key NOT IN (SELECT hop_key FROM contended_hop)
