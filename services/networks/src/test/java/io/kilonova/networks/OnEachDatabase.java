package io.kilonova.networks;

import io.kilonova.storage.Database;
import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of the Networking API over each database, which is empty before each of them. */
@ParameterizedClass
@EnumSource(EachDatabase.class)
abstract class OnEachDatabase {
    /** The API and its clients. */
    protected static NetworkCloud cloud;

    private static Database database;

    @TempDir
    private static Path folder;

    @Parameter
    EachDatabase kind;

    @BeforeParameterizedClassInvocation
    static void start(EachDatabase kind) {
        database = NetworkCloud.database(kind, folder);
        cloud = new NetworkCloud(database, NetworkBackend.none());
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        cloud.close();
        database.close();
    }

    @BeforeEach
    void beginWithNothing() {
        NetworkCloud.forgetEverything(database);
    }
}
