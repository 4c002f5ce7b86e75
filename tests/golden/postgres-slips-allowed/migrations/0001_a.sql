-- bobolink:allow dialect a function of ours has this name
SELECT last_insert_id();
