package dev.plimsoll.formats.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.checkpoint.CheckpointFormat;
import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.family.Families;
import dev.plimsoll.formats.files.ConfigFile;
import dev.plimsoll.formats.gguf.GgufConfig;
import dev.plimsoll.formats.gguf.GgufFile;
import dev.plimsoll.formats.gguf.GgufMetadata;
import dev.plimsoll.formats.gguf.GgufValue;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.TensorName;
import dev.plimsoll.model.shape.DataType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Metadata written out by hand, as conversions of published models have it, describe the model that the config does:
/// every tensor of the one is found, with its shape, by the other.
class GgufMetadataTest {
    @ParameterizedTest(name = "{0} as {1}")
    @MethodSource("rows")
    void metadataDescribeWhatTheConfigDescribes(String config, String architecture, String keys) {
        Transformer described =
                text(Families.describe(new Config(config, ConfigFile.read(config, open("families/" + config)))));
        GgufFile file = new GgufFile(3, ByteOrder.LITTLE_ENDIAN, metadata(architecture, keys), tensors(described));

        Config translated = new Config("model.gguf", GgufConfig.of(file).orElseThrow());
        Reconciliation found = Reconciliation.of(Families.describe(translated), file.checkpoint());

        assertThat(found.extras()).isEmpty();
        assertThat(found.logicalParameters()).isEqualTo(file.checkpoint().elements());
    }

    static List<Arguments> rows() {
        try (InputStream stream = open("gguf/metadata.txt")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\\|", -1))
                    .map(row -> Arguments.of(row[0].strip(), row[1].strip(), row[2].strip()))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// The text alone: towers lie in files of their own, and further-token layers are left out.
    private static Transformer text(Transformer whole) {
        List<Part> parts = whole.parts().stream()
                .filter(part -> part.kind() == Part.Kind.TEXT_DECODER || part.kind() == Part.Kind.TEXT_ENCODER)
                .toList();
        return new Transformer(whole.architecture(), parts, whole.maxPositions());
    }

    /// Every tensor under its preferred name.
    private static Checkpoint tensors(Transformer described) {
        CheckpointBuilder builder = new CheckpointBuilder(CheckpointFormat.GGUF);
        builder.file("model.gguf", 1);
        for (Part part : described.parts()) {
            part.runs().forEach(run -> {
                for (long layer = run.first(); layer < run.first() + run.count(); layer++) {
                    addLayer(builder, run.block(), layer);
                }
            });
        }
        return builder.build();
    }

    private static void addLayer(CheckpointBuilder builder, Block block, long layer) {
        List<TensorName> names = block.parameters().stream()
                .map(parameter -> parameter.names().gguf().getFirst())
                .toList();
        for (LayerPlan.Entry entry : LayerPlan.of(block.parameters(), names).entries()) {
            String name = entry.name().in(layer, 0);
            if (!builder.holds(name)) {
                Dimensions dimensions = entry.layout().usual();
                builder.tensor(new StoredTensor(
                        name, DataType.F32, dimensions, DataType.F32.bytes(dimensions.elements()), "model.gguf"));
            }
        }
    }

    private static GgufMetadata metadata(String architecture, String keys) {
        Map<String, GgufValue> values = new LinkedHashMap<>();
        values.put("general.architecture", new GgufValue.Words(architecture));
        for (String entry : keys.split(" ", -1)) {
            int equals = entry.indexOf('=');
            values.put(architecture + "." + entry.substring(0, equals), value(entry.substring(equals + 1)));
        }
        return new GgufMetadata("model.gguf", new LinkedHashMap<>(values));
    }

    private static GgufValue value(String text) {
        if (text.startsWith("[")) {
            return new GgufValue.Array(
                    Arrays.stream(text.substring(1, text.length() - 1).split(",", -1))
                            .map(GgufMetadataTest::value)
                            .toList());
        }
        return text.equals("true") ? new GgufValue.Flag(true) : new GgufValue.Whole(new BigInteger(text));
    }

    private static InputStream open(String name) {
        InputStream stream = GgufMetadataTest.class.getResourceAsStream("/dev/plimsoll/formats/" + name);
        if (stream == null) {
            throw new UncheckedIOException(new IOException("no resource " + name));
        }
        return stream;
    }
}
