package dev.plimsoll.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.fixtures.GgufWriter;
import dev.plimsoll.formats.fixtures.MemoryFolder;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.LocalFolder;
import dev.plimsoll.model.failure.InputException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufSplitTest {
    private final Map<String, byte[]> files = new HashMap<>(Map.of(
            "m-00001-of-00003.gguf", part(0, 3).text("general.name", "m").bytes(),
            "m-00002-of-00003.gguf", part(1, 3).tensor("a", "f32", 4).bytes(),
            "m-00003-of-00003.gguf", part(2, 3).tensor("b", "f32", 5).bytes()));

    @Test
    void anyPartGivesAllTensorsAndTheFirstPartsMetadata() {
        for (String given : files.keySet()) {
            GgufFile file = read(given);

            assertThat(file.checkpoint().tensors())
                    .extracting(StoredTensor::name)
                    .containsExactly("a", "b");
            assertThat(file.checkpoint().tensors())
                    .extracting(StoredTensor::file)
                    .containsExactly("m-00002-of-00003.gguf", "m-00003-of-00003.gguf");
            assertThat(file.metadata().text("general.name")).contains("m");
            assertThat(file.checkpoint().files()).hasSize(3);
        }
    }

    @Test
    void aMissingPartIsNamed(@TempDir Path folder) {
        part(0, 2).write(folder.resolve("m-00001-of-00002.gguf"));
        LocalFolder parts = new LocalFolder(folder);

        try (ByteSource first = parts.open("test", "m-00001-of-00002.gguf")) {
            assertThatExceptionOfType(InputException.class)
                    .isThrownBy(() -> GgufFile.read(first, "m-00001-of-00002.gguf", parts))
                    .withMessageContaining("names m-00002-of-00002.gguf, which is not in");
        }
    }

    @Test
    void partsOfAnotherFileAreRefused() {
        files.put("m-00003-of-00003.gguf", part(1, 3).tensor("b", "f32", 5).bytes());
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read("m-00001-of-00003.gguf"))
                .withMessage("m-00003-of-00003.gguf: says it is part 1 (from 0) of 3, expected 2 of 3 by its name");

        files.put("m-00003-of-00003.gguf", part(2, 3).tensor("a", "f32", 5).bytes());
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read("m-00001-of-00003.gguf"))
                .withMessageContaining("tensor a: found a second time");

        files.put("m-00003-of-00003.gguf", part(2, 3).bytes());
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read("m-00001-of-00003.gguf"))
                .withMessage("m-00001-of-00003.gguf: split.tensors.count is 2, expected 1, the tensors of all parts");
    }

    @Test
    void aPartWithoutItsNumberInItsNameIsRefused() {
        files.put("m.gguf", part(0, 3).bytes());

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read("m.gguf"))
                .withMessageContaining("is one of 3 parts, but its name does not say which");
    }

    @Test
    void partNamesAreReadAndWrittenAlike() {
        assertThat(GgufPart.of("a-00002-of-00010.gguf")).contains(new GgufPart("a", 2, 10));
        assertThat(new GgufPart("a", 2, 10).sibling(10).fileName()).isEqualTo("a-00010-of-00010.gguf");
        assertThat(GgufPart.of("a-00011-of-00010.gguf")).isEmpty();
        assertThat(GgufPart.of("a-00000-of-00010.gguf")).isEmpty();
        assertThat(GgufPart.of("a.gguf")).isEmpty();
    }

    private GgufFile read(String name) {
        MemoryFolder folder = new MemoryFolder(files);
        return GgufFile.read(folder.open("test", name), name, folder);
    }

    private static GgufWriter part(int number, int count) {
        return new GgufWriter()
                .u16("split.no", number)
                .u16("split.count", count)
                .entry("split.tensors.count", 5, out -> out.writeBytes(new byte[] {2, 0, 0, 0}));
    }
}
