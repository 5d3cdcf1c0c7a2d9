package dev.plimsoll.cli;

import dev.plimsoll.formats.source.FileSource;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.hardware.catalogue.DeviceRequest;
import dev.plimsoll.planner.hardware.catalogue.Devices;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `--gpu` asks for: names with counts, and YAML files that describe devices or override some.
final class RequestedDevices {
    private static final Pattern FILE = Pattern.compile("(.+\\.ya?ml)([:x].*)?", Pattern.CASE_INSENSITIVE);
    private static final int LONGEST = 1 << 20;

    private RequestedDevices() {}

    /// The devices asked for in order. A file stands for each device it describes, and what it overrides holds for all
    /// names beside it.
    ///
    /// @param option what asks, for errors
    /// @param text for example `h100x8,mine.yaml:16`
    static List<DeviceRequest> read(String option, String text) {
        Devices devices = Devices.builtIn();
        List<String> expanded = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher file = FILE.matcher(part.strip());
            if (!file.matches()) {
                expanded.add(part);
                continue;
            }
            devices = devices.with(file.group(1), content(file.group(1)));
            if (devices.ofFile().isEmpty()) {
                throw InputException.unreadable(
                        Text.printable(file.group(1)) + ": found no accelerators, expected at least one",
                        "Describe one under `accelerators:`; docs/hardware.md shows how.");
            }
            String count = file.group(2) == null ? "" : file.group(2);
            devices.ofFile().forEach(name -> expanded.add(name + count));
        }
        return DeviceRequest.parseAll(option, String.join(",", expanded), devices);
    }

    private static String content(String file) {
        String name = Text.printable(file);
        try (InputStream stream = Files.newInputStream(Path.of(file))) {
            byte[] bytes = stream.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                throw InputException.unreadable(
                        name + ": found more than 1 MiB, expected a YAML file of devices", "Give another file.");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw FileSource.unreadable(name, failure);
        } catch (InvalidPathException failure) {
            throw InputException.unreadable(
                    name + ": found no path of a file, expected a YAML file of devices", "Give another file.");
        }
    }
}
