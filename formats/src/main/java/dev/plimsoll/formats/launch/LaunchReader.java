package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonReader;
import dev.plimsoll.formats.json.JsonValue;
import dev.plimsoll.formats.toml.TomlReader;
import dev.plimsoll.model.failure.InputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Reads how a training run is started elsewhere, whatever it is written in.
///
/// A text that begins with `{` is DeepSpeed's JSON, one with a line `[table]` before any flag is torchtitan's TOML;
/// anything else is a shell script or a command line of Megatron-LM.
public final class LaunchReader {
    private static final int LONGEST = 1 << 20;
    private static final Pattern TABLE = Pattern.compile("(?m)\\A(\\s*(#[^\\n]*)?\\n)*+\\s*\\[[A-Za-z_\"]");

    private LaunchReader() {}

    /// Reads a text that is in memory.
    ///
    /// @param name what errors call the input
    /// @throws InputException when it is none of the three, or when entries contradict each other
    public static LaunchImport read(String name, byte[] text) {
        if (text.length > LONGEST) {
            throw InputException.unreadable(
                    name + ": more than 1 MiB, expected a launch file of some kilobytes",
                    "Give a Megatron-LM command line, a DeepSpeed JSON or a torchtitan TOML.");
        }
        String decoded = decoded(name, text);
        try {
            return switch (framework(decoded)) {
                case DEEPSPEED -> DeepSpeedReader.read(name, object(name, JsonReader.read(name, text)));
                case TORCHTITAN -> TorchtitanReader.read(name, TomlReader.read(name, text));
                case MEGATRON -> MegatronReader.read(name, decoded);
            };
        } catch (ArithmeticException tooLarge) {
            throw InputException.unreadable(
                    name + ": a product of degrees or batch sizes past 2^63", "Correct the numbers.");
        }
    }

    private static LaunchFramework framework(String text) {
        if (text.stripLeading().startsWith("{")) {
            return LaunchFramework.DEEPSPEED;
        }
        return TABLE.matcher(text).find() ? LaunchFramework.TORCHTITAN : LaunchFramework.MEGATRON;
    }

    private static JsonObject object(String name, JsonValue value) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw InputException.unreadable(
                name + ": found " + value.describe() + ", expected an object", "Give the DeepSpeed config.");
    }

    private static String decoded(String name, byte[] text) {
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
            return decoded.startsWith("\uFEFF") ? decoded.substring(1) : decoded;
        } catch (CharacterCodingException malformed) {
            throw InputException.unreadable(name + ": not UTF-8 text", "Save it as UTF-8.");
        }
    }
}
