package io.kilonova.api;

import io.kilonova.storage.EachDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of the API on both databases, each with a cloud of its own. */
@ParameterizedClass
@EnumSource(EachDatabase.class)
abstract class OnEachDatabase {
    @TempDir
    Path folder;

    @Parameter
    EachDatabase kind;

    CatalogueCloud cloud;

    @BeforeEach
    void start() {
        cloud = new CatalogueCloud(folder, kind.fresh(folder));
    }

    @AfterEach
    void stop() {
        cloud.close();
    }
}
