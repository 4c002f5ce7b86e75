down-refused 20241025112826: migrations/2024-10-25-112826_make-unique-version-unique/down.sql:2:21: constraint "versions_crate_id_num_no_build_uindex" of relation "versions" does not exist
down-refused 20170708133715: migrations/20170708133715_ensure_crate_id_foreign_keys_cascade/down.sql:2:22: constraint "fk_crate_downloads_crate_id" of relation "crate_downloads" does not exist
down-refused 20170318181441: migrations/20170318181441_downloads_need_no_id/down.sql:2:1: syntax error at or near "ALTER"
down-refused 20141007131147: migrations/20141007131147_dumped_migration_58/down.sql:1:45: constraint "fk_version_authors_user_id" of relation "version_authors" does not exist
down-refused 20141002222426: migrations/20141002222426_dumped_migration_49/down.sql:1:45: constraint "fk_crate_downloads_crate_id" of relation "crate_downloads" does not exist
down-refused 20141001190230: migrations/20141001190230_dumped_migration_44/down.sql:1:32: column "email" of relation "users" does not exist
down-refused 20140929103755: migrations/20140929103755_dumped_migration_27/down.sql:1:12: index "index_version_dependencies_depends_on_id" does not exist
down-refused 20140929103754: migrations/20140929103754_dumped_migration_26/down.sql:1:12: index "index_version_dependencies_version_id" does not exist
still there: extension pgcrypto
still there: table public.schema_migrations
