package io.kilonova.storage;

import java.nio.file.Path;

/** The two databases, for tests that run on both: {@code @ParameterizedTest @EnumSource(EachDatabase.class)}. */
public enum EachDatabase {
    /** A file in the test's folder. */
    SQLITE {
        @Override
        public DatabaseOptions fresh(Path folder) {
            return DatabaseOptions.sqlite(folder.resolve("test.db"));
        }
    },
    /** A new database on the server that the tests share. */
    POSTGRESQL {
        @Override
        public DatabaseOptions fresh(Path folder) {
            return PostgresqlServer.shared().freshDatabase();
        }
    };

    /** A database of the test's own. */
    public abstract DatabaseOptions fresh(Path folder);
}
