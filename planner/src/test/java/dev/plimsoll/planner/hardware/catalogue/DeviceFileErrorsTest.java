package dev.plimsoll.planner.hardware.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What a file of devices is told when it is wrong: key, line, found, expected.
class DeviceFileErrorsTest {
    private static final Devices BUILT_IN = Devices.builtIn();
    private static final String GOOD = """
            accelerators:
              mine:
                product: "A card: ours"
                memory: 24 GiB
                bandwidth: 1 TB/s
                peaks:
                  bf16: 100 TFLOP/s
                node: server-pcie-4
            """;

    @Test
    void theGoodFileIsRead() {
        assertThat(BUILT_IN.with("mine.yaml", GOOD).require("--gpu", "mine").product())
                .isEqualTo("A card: ours");
    }

    @Test
    void aSizeWithoutAUnitIsRefused() {
        refused(
                "memory: 24 GiB",
                "memory: 24",
                "mine.yaml line 4, accelerators.mine.memory: found '24', expected a size such as 80 GiB, "
                        + "from 1.00 MiB to 1.00 EiB");
    }

    @Test
    void anAbsurdValueIsRefused() {
        refused("bandwidth: 1 TB/s", "bandwidth: 1000000000000 TB/s", "line 5, accelerators.mine.bandwidth");
        refused("bandwidth: 1 TB/s", "bandwidth: 0 TB/s", "line 5, accelerators.mine.bandwidth");
        refused("bandwidth: 1 TB/s", "bandwidth: -1 TB/s", "line 5, accelerators.mine.bandwidth");
        refused("bandwidth: 1 TB/s", "bandwidth: NaN", "line 5, accelerators.mine.bandwidth");
        refused("100 TFLOP/s", "1e400 TFLOP/s", "line 7, accelerators.mine.peaks.bf16");
    }

    @Test
    void aKeyThatNobodyKnowsIsRefusedWithTheNearest() {
        refused("bandwidth:", "bandwith:", "found the key 'bandwith'", "bandwidth");
        refused("bf16:", "bf17:", "line 7, accelerators.mine.peaks.bf17", "bf16");
    }

    @Test
    void whatIsMissingIsNamed() {
        refused("    memory: 24 GiB\n", "", "line 2, accelerators.mine: found no memory");
        refused("    node: server-pcie-4\n", "", "line 2, accelerators.mine: found no node");
    }

    @Test
    void aLinkOrNodeThatIsNotDescribedIsRefusedWithTheNearest() {
        refused(
                "server-pcie-4",
                "server-pcie-6",
                "line 8, accelerators.mine.node: found 'server-pcie-6'",
                "server-pcie-4");
    }

    @Test
    void moreUsableThanThereIsIsRefused() {
        refused(
                "    bandwidth",
                "    usable-memory: 25 GiB\n    bandwidth",
                "line 5, accelerators.mine.usable-memory: found 26843545600 bytes");
    }

    @Test
    void theShapeOfTheFileIsChecked() {
        refused("    memory: 24 GiB", "\tmemory: 24 GiB", "line 4: found a tab");
        refused("    memory: 24 GiB", "   memory: 24 GiB", "line 4");
        refused("    memory: 24 GiB", "     memory: 24 GiB", "line 4");
        refused("    memory: 24 GiB", "    memory: 24 GiB\n    memory: 25 GiB", "line 5", "a second time");
        refused("    memory: 24 GiB", "    - memory", "line 4");
        refused("\"A card: ours\"", "\"A card", "line 3, accelerators.mine.product");
        refused("memory: 24 GiB", "memory: [24 GiB]", "line 4, accelerators.mine.memory");
        refused("memory: 24 GiB", "memory:", "line 4, accelerators.mine.memory: found nothing");
        refused("memory: 24 GiB", "memory:\n      value: 3", "line 5, accelerators.mine.memory.value");
        refused(GOOD, "", "line 1: found nothing");
        refused(GOOD, "devices: 3", "found the key 'devices'");
    }

    @Test
    void anAliasThatAnotherHasIsRefused() {
        refused("    memory", "    aliases: h100\n    memory", "accelerators.mine.aliases: found 'h100'");
    }

    @Test
    void controlCharactersOfAFileAreNotPrinted() {
        refused("24 GiB", "\u001b[31m24", "\\u001b[31m24");
    }

    /// Bytes changed, dropped and doubled: read, or refused with a line, never anything else.
    @Test
    void noFileBreaksTheReader() {
        long seed = 20261123;
        Random random = new Random(seed);
        List<String> pieces = List.of(
                ":",
                " ",
                "  ",
                "\n",
                "\t",
                "\"",
                "'",
                "#",
                "0",
                "9999999999",
                "GiB",
                "e",
                "-",
                "{",
                "[",
                "like: h100",
                "source:",
                "value:",
                "\u0000",
                "\ud83d\ude80",
                "---");
        for (int round = 0; round < 4000; round++) {
            StringBuilder text = new StringBuilder(GOOD);
            for (int change = random.nextInt(4); change >= 0; change--) {
                int at = random.nextInt(text.length() + 1);
                int end = Math.min(text.length(), at + random.nextInt(6));
                text.replace(at, end, pieces.get(random.nextInt(pieces.size())));
            }
            try {
                BUILT_IN.with("fuzz.yaml", text.toString());
            } catch (InputException refused) {
                assertThat(refused.getMessage())
                        .as("seed %s round %s", seed, round)
                        .startsWith("fuzz.yaml");
            } catch (RuntimeException broken) {
                throw new AssertionError("seed " + seed + " round " + round + ": " + text, broken);
            }
        }
    }

    private static void refused(String part, String instead, String... expected) {
        assertThat(GOOD).contains(part);
        assertThatThrownBy(() -> BUILT_IN.with("mine.yaml", GOOD.replace(part, instead)))
                .isInstanceOfSatisfying(InputException.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(FailureKind.UNREADABLE);
                    assertThat(failure.getMessage()).startsWith("mine.yaml").contains(expected);
                });
    }
}
