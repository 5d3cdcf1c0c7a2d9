package dev.plimsoll.formats.hub;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the user's environment says about the hub, in the variables that the hub's own tools read.
///
/// A variable that is empty counts as unset.
///
/// @param operatingSystem as Java names it: `Linux`, `Mac OS X`, `Windows 11`
public record HubEnvironment(Map<String, String> variables, Path home, String operatingSystem) {
    private static final String PUBLIC_HUB = "https://huggingface.co";
    private static final Set<String> YES = Set.of("1", "ON", "YES", "TRUE");
    private static final int LONGEST_TOKEN = 4096;

    public HubEnvironment {
        variables = Map.copyOf(variables);
    }

    /// The environment of this process.
    public static HubEnvironment here() {
        return new HubEnvironment(
                System.getenv(), Path.of(System.getProperty("user.home", "")), System.getProperty("os.name", ""));
    }

    /// `HF_ENDPOINT`, or the public hub.
    ///
    /// @throws InputException when it is no address
    public URI endpoint() {
        String text = variable("HF_ENDPOINT").orElse(PUBLIC_HUB);
        try {
            return new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        } catch (URISyntaxException noAddress) {
            throw new InputException(
                    FailureKind.SURROUNDINGS,
                    "HF_ENDPOINT: found no address, expected one such as " + PUBLIC_HUB,
                    "Correct it, or unset it.");
        }
    }

    /// Whether `HF_HUB_OFFLINE` is set to a yes.
    public boolean saysOffline() {
        return variable("HF_HUB_OFFLINE")
                .map(text -> YES.contains(text.toUpperCase(Locale.ROOT)))
                .orElse(false);
    }

    /// The token of `HF_TOKEN`, else of `HUGGING_FACE_HUB_TOKEN`, else of the file that `HF_TOKEN_PATH` names, else
    /// of `token` in `HF_HOME`, which is `huggingface` in `XDG_CACHE_HOME` or `~/.cache` when unset.
    ///
    /// @throws InputException when the file is there and cannot be read, or what is found can be no token
    public Optional<HubToken> token() {
        for (String name : new String[] {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
            Optional<String> text = variable(name);
            if (text.isPresent()) {
                return HubToken.of(name, text.get());
            }
        }
        return tokenFile(path("HF_TOKEN_PATH").orElseGet(() -> huggingFaceHome().resolve("token")));
    }

    /// Where pieces are kept: `hub` in `PLIMSOLL_CACHE`, else in `plimsoll` in the cache folder that the operating
    /// system gives to programs.
    ///
    /// @throws InputException when a variable holds no path
    public Path cache() {
        return path("PLIMSOLL_CACHE")
                .orElseGet(() -> programs().resolve("plimsoll"))
                .resolve("hub");
    }

    private Path programs() {
        if (operatingSystem.startsWith("Windows")) {
            return path("LOCALAPPDATA").orElseGet(() -> home.resolve("AppData").resolve("Local"));
        }
        if (operatingSystem.startsWith("Mac")) {
            return home.resolve("Library").resolve("Caches");
        }
        return freedesktop();
    }

    private Path huggingFaceHome() {
        return path("HF_HOME").orElseGet(() -> freedesktop().resolve("huggingface"));
    }

    /// `XDG_CACHE_HOME`, which its specification says to ignore when it is relative, or `~/.cache`.
    private Path freedesktop() {
        return path("XDG_CACHE_HOME").filter(Path::isAbsolute).orElseGet(() -> home.resolve(".cache"));
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(text -> !text.isBlank());
    }

    private Optional<Path> path(String name) {
        try {
            return variable(name).map(text -> text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text));
        } catch (InvalidPathException noPath) {
            throw new InputException(
                    FailureKind.SURROUNDINGS, name + ": found no path, expected one", "Correct it, or unset it.");
        }
    }

    private static Optional<HubToken> tokenFile(Path file) {
        String where = Text.printable(file.toString());
        try (InputStream in = Files.newInputStream(file)) {
            return HubToken.of(where, new String(in.readNBytes(LONGEST_TOKEN), StandardCharsets.UTF_8));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException failure) {
            throw new InputException(
                    FailureKind.SURROUNDINGS,
                    where + ": the token file cannot be read, expected a readable file or none",
                    "Grant read permission on it, set HF_TOKEN, or remove the file.");
        }
    }
}
