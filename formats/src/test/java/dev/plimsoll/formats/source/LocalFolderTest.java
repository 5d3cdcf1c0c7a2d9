package dev.plimsoll.formats.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.model.failure.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalFolderTest {
    @TempDir
    Path outside;

    @ParameterizedTest
    @ValueSource(strings = {"../secret.bin", "inner/../../secret.bin", "/etc/passwd", "a\u0000b", ".."})
    void namesThatLeaveTheFolderAreRefused(String name) throws IOException {
        Files.write(outside.resolve("secret.bin"), new byte[1]);
        Path folder = Files.createDirectory(outside.resolve("model"));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> new LocalFolder(folder).open("index.json", name))
                .withMessageStartingWith("index.json: names ")
                .withMessageContaining("expected a file beside it");
    }

    @Test
    void aLinkThatLeavesTheFolderIsRefused() throws IOException {
        Path secret = Files.write(outside.resolve("secret.bin"), new byte[1]);
        Path folder = Files.createDirectory(outside.resolve("model"));
        Files.createSymbolicLink(folder.resolve("shard.bin"), secret);

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> new LocalFolder(folder).open("index.json", "shard.bin"))
                .withMessageContaining("is a link that leaves the folder");
    }

    @Test
    void linksWithinTheFolderAndSubfoldersAreFollowed() throws IOException {
        Path inner = Files.createDirectory(outside.resolve("inner"));
        Files.write(inner.resolve("a.bin"), new byte[3]);
        Files.createSymbolicLink(outside.resolve("b.bin"), Path.of("inner", "a.bin"));

        try (ByteSource direct = new LocalFolder(outside).open("index.json", "inner/a.bin");
                ByteSource linked = new LocalFolder(outside).open("index.json", "b.bin")) {
            assertThat(direct.length()).isEqualTo(3);
            assertThat(linked.length()).isEqualTo(3);
        }
    }

    @Test
    void theLinksOfAHubCacheAreFollowedToItsBlobs() throws IOException {
        Path snapshot = Files.createDirectories(outside.resolve("models--a--b/snapshots/0123abcd"));
        Path blobs = Files.createDirectory(outside.resolve("models--a--b/blobs"));
        Files.write(blobs.resolve("feed"), new byte[5]);
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/feed"));

        try (ByteSource source = new LocalFolder(snapshot).open("index.json", "model.safetensors")) {
            assertThat(source.length()).isEqualTo(5);
        }
    }

    @Test
    void aMissingFileIsNamedWithTheFileThatNamesIt() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> new LocalFolder(outside).open("index.json", "model-00002-of-00002.safetensors"))
                .withMessageContaining("index.json: names model-00002-of-00002.safetensors, which is not in");
    }

    @Test
    void aCircleOfLinksIsAnErrorLikeAnyOther() throws IOException {
        Files.createSymbolicLink(outside.resolve("a.bin"), Path.of("b.bin"));
        Files.createSymbolicLink(outside.resolve("b.bin"), Path.of("a.bin"));

        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> new LocalFolder(outside).open("index.json", "a.bin"))
                .withMessageContaining("cannot be read");
    }
}
