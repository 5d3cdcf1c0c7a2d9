package dev.plimsoll.planner.hardware.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `--gpu` takes.
class DeviceRequestTest {
    private static final Devices BUILT_IN = Devices.builtIn();

    @ParameterizedTest
    @CsvSource({
        "h100, h100, 0",
        "h100x8, h100, 8",
        "H100:1024, h100, 1024",
        "a100-80g:64, a100-80g, 64",
        "a100:64, a100-80g, 64",
        "mi300x, mi300x, 0",
        "mi300xx4, mi300x, 4",
        "mi300x:4, mi300x, 4",
        "v5ex256, tpu-v5e, 256",
        "h100-nvlx2, h100-nvl, 2",
        "rtx-4090x9999999, rtx-4090, 9999999"
    })
    void aNameMayBringACount(String text, String name, long count) {
        DeviceRequest request = DeviceRequest.parse("--gpu", text, BUILT_IN);
        assertThat(request.accelerator().name()).isEqualTo(name);
        assertThat(request.count().orElse(0)).isEqualTo(count);
    }

    @Test
    void theLongestKnownNameWins() {
        Devices two = BUILT_IN.with("mine.yaml", """
                accelerators:
                  mi300:
                    like: mi300x
                  mi300x8:
                    like: h100
                """);
        assertThat(DeviceRequest.parse("--gpu", "mi300x", two).accelerator().name())
                .isEqualTo("mi300x");
        assertThat(DeviceRequest.parse("--gpu", "mi300x8", two).accelerator().name())
                .isEqualTo("mi300x8");
        assertThat(DeviceRequest.parse("--gpu", "mi300x16", two).accelerator().name())
                .isEqualTo("mi300");
    }

    @Test
    void severalKindsStandBetweenCommas() {
        assertThat(DeviceRequest.parseAll("--gpu", "h100x8, a100-80g:16,l4", BUILT_IN))
                .extracting(request ->
                        request.accelerator().name() + " " + request.count().orElse(1))
                .containsExactly("h100 8", "a100-80g 16", "l4 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "h100x", "h100x0", "h100:-1", "h100x8x8", "h100x1.5", "h100:10000000", "h100,,l4", ","})
    void aCountThatIsNoneIsRefused(String text) {
        assertThat(refusal(text).getMessage()).contains("expected NAME, NAMExN or NAME:N");
    }

    @ParameterizedTest
    @CsvSource({"h101, h100", "rtx4090, rtx-4090", "mi300, mi300x", "h100-sx8, h100-sxm", "abc, a40"})
    void anUnknownNameIsRefusedWithTheNearest(String text, String nearest) {
        assertThat(refusal(text).getMessage()).contains("expected a device that is known");
        assertThat(refusal(text).remedy()).contains(nearest);
    }

    @Test
    void tooManyKindsAreRefused() {
        assertThat(refusal("h100,".repeat(64) + "h100").getMessage()).contains("found 65 kinds");
    }

    /// Whatever is typed is a request or a usage error.
    @Test
    void noTextBreaksTheParser() {
        long seed = 4;
        Random random = new Random(seed);
        List<String> pieces = List.of(
                "h100",
                "mi300x",
                "a100",
                "x",
                ":",
                ",",
                "8",
                "0",
                "-",
                " ",
                "\u0000",
                "\ud800",
                "99999999999999999999",
                "é",
                "X8");
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int piece = random.nextInt(6); piece >= 0; piece--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            try {
                assertThat(DeviceRequest.parseAll("--gpu", text.toString(), BUILT_IN))
                        .allMatch(request -> request.count().orElse(1) >= 1);
            } catch (InputException refused) {
                assertThat(refused.kind()).as("seed %s round %s", seed, round).isEqualTo(FailureKind.USAGE);
            } catch (RuntimeException broken) {
                throw new AssertionError("seed " + seed + " round " + round + ": " + text, broken);
            }
        }
    }

    private static InputException refusal(String text) {
        InputException[] caught = new InputException[1];
        assertThatThrownBy(() -> DeviceRequest.parseAll("--gpu", text, BUILT_IN))
                .isInstanceOfSatisfying(InputException.class, failure -> caught[0] = failure);
        assertThat(caught[0].kind()).isEqualTo(FailureKind.USAGE);
        return caught[0];
    }
}
