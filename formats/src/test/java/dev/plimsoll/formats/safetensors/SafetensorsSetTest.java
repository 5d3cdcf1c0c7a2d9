package dev.plimsoll.formats.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.fixtures.MemoryFolder;
import dev.plimsoll.formats.fixtures.MemorySource;
import dev.plimsoll.formats.fixtures.SafetensorsWriter;
import dev.plimsoll.formats.source.LocalFolder;
import dev.plimsoll.model.failure.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsSetTest {
    private static final String BOTH =
            "\"weight_map\":{\"a\":\"embed_tokens.safetensors\",\"b\":\"model_00002.safetensors\"}";
    private static final MemoryFolder FOLDER = new MemoryFolder(Map.of(
            "embed_tokens.safetensors",
            new SafetensorsWriter().tensor("a", "F32", 5).bytes(),
            "model_00002.safetensors",
            new SafetensorsWriter().tensor("b", "F16", 7).bytes()));

    @Test
    void shardsAreFoundByTheIndexNotByTheirNames() {
        Checkpoint checkpoint = read("{\"metadata\":{\"total_size\":34,\"total_parameters\":12}," + BOTH + "}");

        assertThat(checkpoint.tensors()).extracting(StoredTensor::name).containsExactly("a", "b");
        assertThat(checkpoint.tensors())
                .extracting(StoredTensor::file)
                .containsExactly("embed_tokens.safetensors", "model_00002.safetensors");
        assertThat(checkpoint.elements()).isEqualTo(5 + 7);
        assertThat(checkpoint.tensorBytes().count()).isEqualTo(5 * 4 + 7 * 2);
        assertThat(checkpoint.metadata()).isEqualTo(Map.of("total_size", "34", "total_parameters", "12"));
        assertThat(checkpoint.notes()).isEmpty();
    }

    @Test
    void junkBehindTheIndexIsPassed() {
        assertThat(read("{" + BOTH + "}\n\u0000junk{").tensors()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({"68", "0", "\"about 34\""})
    void aWrongTotalSizeIsANoteNotAnError(String claim) {
        Checkpoint checkpoint = read("{\"metadata\":{\"total_size\":" + claim + "}," + BOTH + "}");

        assertThat(checkpoint.tensorBytes().count()).isEqualTo(34);
        assertThat(checkpoint.notes())
                .containsExactly(
                        "The index claims a total_size of " + claim.replace("\"", "") + " bytes; the headers hold 34.");
    }

    @Test
    void aRightTotalSizeMayBeWrittenAsAReal() {
        assertThat(read("{\"metadata\":{\"total_size\":34.0}," + BOTH + "}").notes())
                .isEmpty();
    }

    @Test
    void aTensorThatTheIndexDoesNotListIsCountedAndNoted() {
        Checkpoint checkpoint = read(
                "{\"weight_map\":{\"a\":\"both.safetensors\"}}",
                new MemoryFolder(Map.of(
                        "both.safetensors",
                        new SafetensorsWriter()
                                .tensor("a", "U8", 1)
                                .tensor("extra", "U8", 2)
                                .bytes())));

        assertThat(checkpoint.elements()).isEqualTo(3);
        assertThat(checkpoint.notes())
                .containsExactly("both.safetensors holds 1 tensors that the index does not list, for example extra.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"weight_map":{"a":"none.safetensors"}}                                                     | names a file that is missing
            {"weight_map":{"a":"model_00002.safetensors","b":"embed_tokens.safetensors"}}               | tensor a: found in embed_tokens.safetensors, expected in model_00002.safetensors
            {"weight_map":{"a":"embed_tokens.safetensors","c":"embed_tokens.safetensors"}}              | tensor c: not in embed_tokens.safetensors
            {"weight_map":{"a":"embed_tokens.safetensors","a":"embed_tokens.safetensors"}}              | weight_map.a: found a second time
            {"weight_map":{}}                                                                           | no tensor in weight_map
            {}                                                                                          | no tensor in weight_map
            {"weight_map":["a"]}                                                                        | weight_map: found a list, expected an object
            {"weight_map":{"a":["b"]}}                                                                  | weight_map.a: found a list, expected a text
            {"weight_map":{"a":"embed_tokens.safetensors"                                               | Unexpected end-of-input
            """)
    void disagreementsOfIndexAndShardsAreErrors(String index, String cause) {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(index))
                .withMessageStartingWith("model.safetensors.index.json: ")
                .withMessageContaining(cause);
    }

    @Test
    void aTensorInTwoShardsIsAnError() {
        MemoryFolder folder = new MemoryFolder(Map.of(
                "1.safetensors", new SafetensorsWriter().tensor("a", "U8", 1).bytes(),
                "2.safetensors",
                        new SafetensorsWriter()
                                .tensor("a", "U8", 1)
                                .tensor("b", "U8", 1)
                                .bytes()));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read("{\"weight_map\":{\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"}}", folder))
                .withMessageContaining("tensor a: found a second time");
    }

    @ParameterizedTest
    @CsvSource({"../evil.safetensors", "/etc/passwd"})
    void aShardNameThatLeavesTheFolderIsRefused(String shard) {
        String index = "{\"weight_map\":{\"a\":\"" + shard + "\"}}";

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> SafetensorsSet.read(source(index), new LocalFolder(Path.of("."))))
                .withMessageContaining("expected a file beside it");
    }

    private static Checkpoint read(String index) {
        return read(index, FOLDER);
    }

    private static Checkpoint read(String index, MemoryFolder folder) {
        return SafetensorsSet.read(source(index), folder);
    }

    private static MemorySource source(String index) {
        return MemorySource.of("model.safetensors.index.json", index.getBytes(StandardCharsets.UTF_8));
    }
}
