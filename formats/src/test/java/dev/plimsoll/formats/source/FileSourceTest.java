package dev.plimsoll.formats.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest {
    @TempDir
    Path folder;

    @Test
    void readsJustTheBytesAskedFor() throws IOException {
        Path file = Files.write(folder.resolve("a.bin"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});

        try (ByteSource source = FileSource.open(file)) {
            assertThat(source.length()).isEqualTo(9);
            assertThat(source.read(1, 4).getInt()).isEqualTo(0x05040302);
            assertThatExceptionOfType(InputException.class)
                    .isThrownBy(() -> source.read(6, 4))
                    .withMessageContaining("ends before byte 10");
        }
    }

    @Test
    void aMissingFileIsSaidToBeMissing() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> FileSource.open(folder.resolve("none\u001b[31m.gguf")))
                .withMessageContaining("none\\u001b[31m.gguf: no such file")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.UNREADABLE));
    }

    @Test
    void aFolderIsNoCheckpoint() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> FileSource.open(folder))
                .withMessageContaining("a folder, expected a regular file");
    }

    @Test
    void aPipeOrDeviceIsNoCheckpointAndIsNotOpened() throws Exception {
        Path pipe = folder.resolve("pipe.gguf");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        for (Path special : new Path[] {pipe, Path.of("/dev/zero")}) {
            assertThatExceptionOfType(InputException.class)
                    .isThrownBy(() -> FileSource.open(special))
                    .withMessageContaining("a pipe or a device, expected a regular file");
        }
    }

    /// Linux lets nobody read it, not even the superuser, to whom the permissions of usual files do not apply.
    @Test
    void aForbiddenFileIsTheSurroundingsFault() {
        Path forWritingOnly = Path.of("/proc/sys/vm/compact_memory");

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> FileSource.open(forWritingOnly))
                .withMessageContaining("permission denied")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS));
    }

    @Test
    void permissionIsTheSurroundingsFaultWhoeverRunsThis() {
        InputException failure = FileSource.unreadable("secret.gguf", new AccessDeniedException("secret.gguf"));

        assertThat(failure.kind()).isEqualTo(FailureKind.SURROUNDINGS);
        assertThat(failure).hasMessage("secret.gguf: permission denied, expected a readable file");
        assertThat(failure.remedy()).contains("read permission");
    }
}
