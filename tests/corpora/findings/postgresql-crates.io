# On PostgreSQL 15. Each down named here fails, or leaves another schema than there was before the up.
20140925132254_dumped_migration_12/down.sql down-mismatch
20140925161625_dumped_migration_17/down.sql down-mismatch
20140926130046_dumped_migration_19/down.sql down-mismatch
20140930082104_dumped_migration_36/down.sql down-mismatch
20141112082527_dumped_migration_89/down.sql down-mismatch
20160219125609_dumped_migration_105/down.sql down-mismatch
# adds a NOT NULL column without a default
20160717174656_dumped_migration_108/down.sql down-fails-on-rows
2017-09-23-182408_move_tokens_to_emails_table/down.sql down-mismatch
2017-09-23-210614_move_readme_rendering_onto_versions/down.sql down-mismatch
2017-10-16-200404_stop_lying_to_schema/down.sql down-mismatch
20170308191449_crate_owners_does_not_need_id/down.sql down-mismatch
20170315133901_make_dependencies_schema_match_use/down.sql down-mismatch
20170318181441_downloads_need_no_id/down.sql down-error
20170322130523_version_downloads_needs_no_id/down.sql down-mismatch
20170502181306_drop_schema_migrations/down.sql down-mismatch
20170706165855_dont_touch_timestamps_unless_row_changed/down.sql down-mismatch
2018-01-18-172821_use_jsonb_for_features/down.sql down-mismatch
2019-03-22-170700_remove_crate_downloads/down.sql down-mismatch
2019-09-18-233204_fix_int_type_in_to_semver_no_prerelease/down.sql down-mismatch
2019-11-11-162609_drop_email_from_user/down.sql down-mismatch
2020-02-14-183929_remove_version_authors_user_id/down.sql down-mismatch
2020-07-14-113112_change_api_token_to_bytea/down.sql down-mismatch
2024-04-17-083100_remove-obsolete-fn/down.sql down-mismatch
2024-06-14-084455_remove-semver-no-prerelease-column/down.sql down-mismatch
2024-10-25-112826_make-unique-version-unique/down.sql down-error
2025-02-11-115609_remove-token-generated-at-column/down.sql down-mismatch
2025-02-11-163554_fix-num-versions-trigger/down.sql down-mismatch
# a trigger keeps a plan of older types in the session
2025-07-16-163013_make_gh_encrypted_token_not_null/up.sql replay-unfilled
# it refers to a table without rows
2025-07-16-163013_make_gh_encrypted_token_not_null/up.sql replay-unfilled
2025-07-16-163013_make_gh_encrypted_token_not_null/up.sql replay-unfilled
2025-07-16-163013_make_gh_encrypted_token_not_null/up.sql replay-unfilled
2025-07-16-163013_make_gh_encrypted_token_not_null/up.sql replay-unfilled
2025-07-16-163013_make_gh_encrypted_token_not_null/up.sql replay-unfilled
2025-07-16-163013_make_gh_encrypted_token_not_null/up.sql replay-unfilled
2025-07-16-170846_drop_gh_access_token/down.sql down-mismatch
2026-06-05-120000-0000_create_reverse_dependencies/up.sql replay-unfilled
2026-06-17-105325-0000_versions_tar_sha256_not_null/down.sql down-mismatch
