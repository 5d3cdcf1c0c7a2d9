package dev.plimsoll.planner.hardware.law;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.MathType;
import dev.plimsoll.planner.hardware.catalogue.Devices;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The laws of training kernels beside the measurements: those they were fitted to, and those held out.
class TrainingKernelsTest {
    private static final Devices DEVICES = Devices.builtIn();
    private static final long SEED = 1912;
    private static final List<Row> ROWS = rows();

    /// @param size what the law's efficiency grows with
    /// @param flops as the law counts them
    private record Row(String device, TrainingKernel kernel, String shape, double size, double flops, double seconds) {}

    /// Mean errors in percent, fitted and held out, as the Javadoc of the laws states them.
    @ParameterizedTest
    @CsvSource({
        "a100-80g-pcie, MATRIX_PRODUCT, 3.7, 4.4, 31",
        "a100-80g-pcie, WEIGHT_GRADIENT, 2.8, 6.1, 16",
        "a100-80g-pcie, GROUPED_PRODUCT, 2.0, 5.4, 2",
        "a100-80g-pcie, GROUPED_WEIGHT_GRADIENT, 0.1, 5.2, 1",
        "a100-80g-pcie, ATTENTION_FORWARD, 1.6, 1.8, 2",
        "a100-80g-pcie, ATTENTION_FORWARD_WIDE, 0.0, 3.3, 1",
        "a100-80g-pcie, ATTENTION_BACKWARD, 2.6, 0.3, 2",
        "a100-80g-pcie, ATTENTION_BACKWARD_WIDE, 0.1, 0.1, 1",
        "b200, MATRIX_PRODUCT, 10.6, 9.1, 72",
        "b200, WEIGHT_GRADIENT, 11.2, 11.8, 52",
        "b200, GROUPED_PRODUCT, 13.1, 13.9, 16",
        "b200, GROUPED_WEIGHT_GRADIENT, 16.1, 15.5, 7",
        "b200, ATTENTION_FORWARD, 4.2, 12.8, 7",
        "b200, ATTENTION_FORWARD_WIDE, 3.8, 13.8, 4",
        "b200, ATTENTION_BACKWARD, 2.7, 13.3, 7",
        "b200, ATTENTION_BACKWARD_WIDE, 0.3, 3.9, 4"
    })
    void theErrorsAreThoseStated(
            String device, TrainingKernel kernel, double fittedPercent, double heldOutPercent, int heldOut) {
        Accelerator accelerator = DEVICES.require("--gpu", device);
        SaturatingLaw law = TrainingKernels.of(accelerator).law().law(kernel, MathType.BF16);
        double peak = accelerator.peak(MathType.BF16).orElseThrow().value();
        List<Row> all = ROWS.stream()
                .filter(row -> row.device().equals(device) && row.kernel() == kernel)
                .toList();
        Set<String> held = heldOut(all);
        List<Row> unseen =
                all.stream().filter(row -> held.contains(row.shape())).toList();
        List<Row> seen = all.stream().filter(row -> !held.contains(row.shape())).toList();
        assertThat(unseen).as("seed %s", SEED).hasSize(heldOut);
        assertThat(100 * meanError(seen, law, peak)).isCloseTo(fittedPercent, within(0.06));
        assertThat(100 * meanError(unseen, law, peak)).isCloseTo(heldOutPercent, within(0.06));
    }

    /// A change of either constant by a tenth makes the fit worse, so that they are where the measurements put them.
    @Test
    void theConstantsAreAtTheOptimum() {
        Accelerator a100 = DEVICES.require("--gpu", "a100-80g-pcie");
        double peak = a100.peak(MathType.BF16).orElseThrow().value();
        SaturatingLaw law = TrainingKernels.of(a100).law().law(TrainingKernel.MATRIX_PRODUCT, MathType.BF16);
        List<Row> all = ROWS.stream()
                .filter(row -> row.device().equals("a100-80g-pcie") && row.kernel() == TrainingKernel.MATRIX_PRODUCT)
                .toList();
        Set<String> held = heldOut(all);
        List<Row> seen = all.stream().filter(row -> !held.contains(row.shape())).toList();
        double best = meanError(seen, law, peak);
        for (double change : new double[] {0.9, 1.1}) {
            assertThat(meanError(seen, new SaturatingLaw(law.limit() * change, law.half()), peak))
                    .isGreaterThan(best);
        }
        assertThat(meanError(seen, new SaturatingLaw(law.limit(), law.half() * 2), peak))
                .isGreaterThan(best);
        assertThat(meanError(seen, new SaturatingLaw(law.limit(), law.half() / 2), peak))
                .isGreaterThan(best);
    }

    @Test
    void aRelativeTakesTheShareAndTheStart() {
        SaturatingLaw known = TrainingKernels.of(DEVICES.require("--gpu", "b200"))
                .law()
                .law(TrainingKernel.MATRIX_PRODUCT, MathType.BF16);
        Fitted<TrainingKernels> taken = TrainingKernels.of(DEVICES.require("--gpu", "gb200"));
        SaturatingLaw relative = taken.law().law(TrainingKernel.MATRIX_PRODUCT, MathType.BF16);
        assertThat(taken.provenance()).isEqualTo(Provenance.ASSUMED);
        assertThat(taken.source()).contains("b200");
        assertThat(relative.limit()).isEqualTo(known.limit());
        assertThat(relative.half() / 2.5e15).isCloseTo(known.half() / 2.25e15, within(1e-20));
    }

    @Test
    void everyDeviceHasLawsForEveryKernel() {
        for (Accelerator accelerator : DEVICES.accelerators().values()) {
            for (TrainingKernel kernel : TrainingKernel.values()) {
                for (MathType type : MathType.values()) {
                    SaturatingLaw law = TrainingKernels.of(accelerator).law().law(kernel, type);
                    assertThat(law.seconds(1e12, 1e12, 1e15))
                            .as("%s %s", accelerator.name(), kernel)
                            .isGreaterThan(1e-3);
                }
            }
        }
    }

    /// A quarter of the distinct shapes, rounded up.
    private static Set<String> heldOut(List<Row> rows) {
        Set<String> distinct = new TreeSet<>();
        rows.forEach(row -> distinct.add(row.shape()));
        List<String> shapes = new ArrayList<>(distinct);
        Collections.shuffle(shapes, new Random(SEED));
        return new HashSet<>(shapes.subList(0, Math.ceilDiv(shapes.size(), 4)));
    }

    private static double meanError(List<Row> rows, SaturatingLaw law, double peak) {
        return rows.stream()
                .mapToDouble(row -> Math.abs(law.seconds(row.flops(), row.size(), peak) / row.seconds() - 1))
                .average()
                .orElseThrow();
    }

    private static List<Row> rows() {
        try (InputStream stream =
                Objects.requireNonNull(TrainingKernelsTest.class.getResourceAsStream("training-kernels.csv"))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.startsWith("device,"))
                    .map(TrainingKernelsTest::row)
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Row row(String line) {
        List<String> cells = List.of(line.split(",", -1));
        return new Row(
                cells.get(0),
                TrainingKernel.valueOf(cells.get(1).toUpperCase(Locale.ROOT).replace('-', '_')),
                cells.get(2),
                Double.parseDouble(cells.get(3)),
                Double.parseDouble(cells.get(4)),
                Double.parseDouble(cells.get(5)));
    }
}
