package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How the launcher chooses a JDK: by what its `release` file says, never by a folder's name.
class LauncherTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void anOlderJdkIsPassedOverWhateverItsFolderIsCalled() throws Exception {
        Path older = jdk("jdk-25", "17.0.15");
        assertThat(shell("plimsoll_is_new_enough '" + older + "' && echo taken || echo passed over"))
                .isEqualTo("passed over");
    }

    @Test
    void aNewerJdkIsTakenAlsoOfAnEarlyBuild() throws Exception {
        assertThat(shell("plimsoll_is_new_enough '" + jdk("java", "25.0.3") + "' && echo taken"))
                .isEqualTo("taken");
        assertThat(shell("plimsoll_is_new_enough '" + jdk("next", "26-ea") + "' && echo taken"))
                .isEqualTo("taken");
    }

    @Test
    void thePreferredFolderComesFirst() throws Exception {
        Path preferred = jdk("preferred", "25");
        Path other = jdk("other", "26");
        assertThat(shell("PLIMSOLL_JAVA_HOME='" + preferred + "' JAVA_HOME='" + other
                        + "'; plimsoll_find_jdk && echo $JAVA_HOME"))
                .isEqualTo(preferred.toString());
    }

    @Test
    void aFolderWithoutAReleaseFileIsNoJdk() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(shell("plimsoll_is_new_enough '" + empty + "' && echo taken || echo passed over"))
                .isEqualTo("passed over");
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static String shell(String command) throws IOException, InterruptedException {
        Path script = DocumentsTest.ROOT.resolve("scripts/find-jdk.sh");
        Process process = new ProcessBuilder("bash", "-c", ". '" + script + "'; " + command)
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return printed.strip();
    }
}
