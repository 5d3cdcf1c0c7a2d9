package dev.plimsoll.planner.time;

import dev.plimsoll.planner.time.StackConstants.AttentionKernels;
import dev.plimsoll.planner.time.StackConstants.Positions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Set;

/// The constants that were fitted or assumed, as read from the tables that are shipped.
///
/// @param devices by architecture
/// @param stacks by framework
/// @param bands by framework and architecture, where held-out runs tell how far predictions lie from what was measured
public record ConstantTables(List<DeviceConstants> devices, List<StackConstants> stacks, List<Band> bands) {
    private static final String ANY = "any";

    /// How far from the prediction nine in ten runs are expected: between `t / (1 + halfWidth)` and `t (1 + halfWidth)`.
    public record Band(
            String framework,
            Set<Positions> positions,
            String architecture,
            String arithmetic,
            double halfWidth,
            String source) {}

    public ConstantTables {
        devices = List.copyOf(devices);
        stacks = List.copyOf(stacks);
        bands = List.copyOf(bands);
    }

    /// Those that are shipped.
    public static ConstantTables shipped() {
        return Shipped.TABLES;
    }

    private static final class Shipped {
        private static final ConstantTables TABLES = new ConstantTables(
                rows("devices.csv").stream().map(ConstantTables::device).toList(),
                rows("stacks.csv").stream().map(ConstantTables::stack).toList(),
                rows("bands.csv").stream().map(ConstantTables::band).toList());
    }

    private static DeviceConstants device(Row row) {
        double triton = row.number("tritonForward");
        return new DeviceConstants(
                row.text("architecture"),
                row.number("wattsPerTeraflop"),
                row.number("products"),
                row.number("smallDimension"),
                row.number("eightBitSmallDimension"),
                new DeviceConstants.BothWays(triton, triton),
                new DeviceConstants.BothWays(row.number("portableForward"), row.number("portableBackward")),
                new DeviceConstants.BothWays(row.number("vendorForward"), row.number("vendorBackward")),
                row.number("attentionLaunch"),
                row.number("grouped"),
                row.text("source"));
    }

    private static StackConstants stack(Row row) {
        return new StackConstants(
                row.text("framework"),
                positions(row),
                row.number("passes"),
                row.number("logitBytes"),
                row.number("dispatch"),
                new Exposure(
                        row.number("tensor"),
                        row.number("context"),
                        row.number("expert"),
                        row.number("data"),
                        row.number("pipeline")),
                row.number("up"),
                row.number("out"),
                row.number("rerun"),
                row.number("eightBit"),
                row.number("castTraffic"),
                row.number("sumTraffic"),
                row.number("stepSeconds"),
                row.number("straggling"),
                AttentionKernels.valueOf(row.text("kernels").toUpperCase(Locale.ROOT)),
                row.text("source"));
    }

    private static Band band(Row row) {
        return new Band(
                row.text("framework"),
                positions(row),
                row.text("architecture"),
                row.text("arithmetic"),
                row.number("halfWidth"),
                row.text("source"));
    }

    private static Set<Positions> positions(Row row) {
        String text = row.text("positions");
        return text.equals(ANY)
                ? EnumSet.allOf(Positions.class)
                : EnumSet.of(Positions.valueOf(text.toUpperCase(Locale.ROOT)));
    }

    private record Row(List<String> names, List<String> values) {
        String text(String name) {
            return values.get(names.indexOf(name));
        }

        double number(String name) {
            return Double.parseDouble(text(name));
        }
    }

    /// A comma inside quotes does not end a value.
    private static List<Row> rows(String file) {
        List<String> lines = lines(file);
        List<String> names = List.of(lines.getFirst().split(","));
        List<Row> rows = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] quoted = line.split("\"", -1);
            List<String> values = new ArrayList<>(List.of(quoted[0].split(",")));
            if (quoted.length > 1) {
                values.add(quoted[1]);
            }
            rows.add(new Row(names, values));
        }
        return rows;
    }

    private static List<String> lines(String file) {
        try (InputStream stream = ConstantTables.class.getResourceAsStream(file)) {
            if (stream == null) {
                throw new NoSuchElementException("the table " + file + " is not shipped");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
