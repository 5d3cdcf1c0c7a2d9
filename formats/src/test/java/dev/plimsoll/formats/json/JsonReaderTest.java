package dev.plimsoll.formats.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.plimsoll.model.failure.InputException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonReaderTest {
    @Test
    void membersKeepTheirOrderAndTheirExactText() {
        JsonObject config = (JsonObject) read("{\"z\": 1e-05, \"a\": [true, null, \"\\u00e9\"], \"m\": {}}");

        assertThat(config.members().keySet()).containsExactly("z", "a", "m");
        assertThat(config.member("z")).contains(new JsonNumber("1e-05"));
        assertThat(config.member("a"))
                .contains(new JsonArray(List.of(new JsonBoolean(true), new JsonNull(), new JsonText("é"))));
        assertThat(config.member("none")).isEmpty();
    }

    @Test
    void bareWordsThatJsonDoesNotHaveAreNumbers() {
        JsonArray limits = (JsonArray) read("[0.0, Infinity, -Infinity, NaN]");

        assertThat(limits.elements())
                .containsExactly(
                        new JsonNumber("0.0"),
                        new JsonNumber("Infinity"),
                        new JsonNumber("-Infinity"),
                        new JsonNumber("NaN"));
        assertThat(((JsonNumber) limits.elements().get(1)).real()).isPositive().isInfinite();
        assertThat(((JsonNumber) limits.elements().get(3)).whole()).isEmpty();
    }

    @Test
    void aByteOrderMarkIsPassed() {
        assertThat(read("\uFEFF{}")).isEqualTo(read("{}"));
    }

    @Test
    void wholeNumbersAreWholeHoweverTheyAreWritten() {
        assertThat(new JsonNumber("4096.0").whole()).isEqualTo(OptionalLong.of(4096));
        assertThat(new JsonNumber("1e4").whole()).isEqualTo(OptionalLong.of(10_000));
        assertThat(new JsonNumber("9223372036854775807").whole()).isEqualTo(OptionalLong.of(Long.MAX_VALUE));
        assertThat(new JsonNumber("9223372036854775808").whole()).isEmpty();
        assertThat(new JsonNumber("0.5").whole()).isEmpty();
        assertThat(new JsonNumber("1e2147483647").whole()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                                    | found nothing
            {                                     | line 1, column 2
            {"a": 1, "a": 2}                      | a: found a second time
            {"a": {"b": [0, {"c": 1, "c": 1}]}}   | a.b[1].c: found a second time
            {"a": 1} trailing                     | Unrecognized token
            {} {}                                 | found more
            {'a': 1}                              | Unexpected character
            [1,]                                  | Unexpected character
            [INF]                                 | Unrecognized token
            [-INF]                                | out of range
            [1e99999999999]                       | out of range
            [01]                                  | Invalid numeric value
            """)
    void whatIsNotOneStrictValueIsRefusedWithItsPlace(String text, String cause) {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read(text))
                .withMessageStartingWith("config.json: ")
                .withMessageContaining(cause);
    }

    @Test
    void depthIsBounded() {
        assertThat(read("[".repeat(64) + "]".repeat(64)).describe()).isEqualTo("a list of 1");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read("[".repeat(65) + "]".repeat(65)))
                .withMessageContaining("nesting depth (65)");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read("{\"a\":".repeat(1_000_000)))
                .withMessageContaining("nesting depth (65)");
    }

    @Test
    void sizeIsBounded() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> JsonReader.read("config.json", new byte[(16 << 20) + 1]))
                .withMessageContaining("more than 16 MiB");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read("[" + "1,".repeat(500_000) + "1]"))
                .withMessageContaining("more than 500,000 values");
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read("1".repeat(1001)))
                .withMessageContaining("Number value length (1001)");
    }

    @Test
    void textThatIsNotUtf8IsRefused() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> JsonReader.read("config.json", new byte[] {'"', (byte) 0xC3, '"'}))
                .withMessageContaining("not UTF-8");
    }

    @Test
    void controlCharactersOfKeysAreEscapedInErrors() {
        assertThatExceptionOfType(InputException.class)
                .isThrownBy(() -> read("{\"\\u001b[31m\": 1, \"\\u001b[31m\": 2}"))
                .withMessageContaining("\\u001b[31m")
                .withMessageNotContaining("\u001b");
    }

    private static JsonValue read(String text) {
        return JsonReader.read("config.json", text.getBytes(StandardCharsets.UTF_8));
    }
}
