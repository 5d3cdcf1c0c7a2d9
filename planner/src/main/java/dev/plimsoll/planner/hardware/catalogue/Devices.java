package dev.plimsoll.planner.hardware.catalogue;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.Interconnect;
import dev.plimsoll.planner.hardware.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SequencedMap;

/// The devices that can be asked for by name, with their links and nodes.
///
/// @param accelerators by name
/// @param ofFile the names of those that the last file added or overrode, in its order; all where none was read
public record Devices(
        SequencedMap<String, Interconnect> links,
        SequencedMap<String, Node> nodes,
        SequencedMap<String, Accelerator> accelerators,
        List<String> ofFile) {
    private static final String RESOURCE = "devices.yaml";
    private static final int MOST_SUGGESTED = 3;

    public Devices {
        links = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(links));
        nodes = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(nodes));
        accelerators = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(accelerators));
        ofFile = List.copyOf(ofFile);
    }

    /// Those of the catalogue that is built in.
    public static Devices builtIn() {
        return new Devices(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>(), List.of())
                .with(RESOURCE, resource());
    }

    /// These and those of a file, which may override some.
    ///
    /// @param file what the file is called in errors
    /// @throws InputException with line and key where the file is not understood
    public Devices with(String file, String text) {
        DeviceFile reader = new DeviceFile(links, nodes, accelerators);
        reader.add(file, text);
        Devices all = new Devices(
                reader.links(),
                reader.nodes(),
                reader.accelerators(),
                List.copyOf(reader.read().keySet()));
        all.requireDistinctAliases(file);
        return all;
    }

    /// The device of that name or alias, in upper or lower case.
    public Optional<Accelerator> find(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        Accelerator named = accelerators.get(lower);
        return named != null
                ? Optional.of(named)
                : accelerators.values().stream()
                        .filter(accelerator -> accelerator.aliases().contains(lower))
                        .findFirst();
    }

    /// The same, or the error that tells the nearest names.
    ///
    /// @param option what asks, for example `--gpu`
    public Accelerator require(String option, String name) {
        return find(name).orElseThrow(() -> unknown(option, name));
    }

    InputException unknown(String option, String name) {
        return InputException.usage(
                option + ": found '" + Text.printable(name) + "', expected a device that is known",
                "The nearest are " + String.join(", ", Nearest.of(Text.printable(name), names(), MOST_SUGGESTED))
                        + "; `plimsoll hardware` lists all, and a YAML file may describe others.");
    }

    /// Names and aliases.
    public List<String> names() {
        List<String> names = new ArrayList<>(accelerators.keySet());
        accelerators.values().forEach(accelerator -> names.addAll(accelerator.aliases()));
        return names;
    }

    private void requireDistinctAliases(String file) {
        Map<String, String> owners = new LinkedHashMap<>();
        for (Accelerator accelerator : accelerators.values()) {
            for (String alias : accelerator.aliases()) {
                String owner = owners.putIfAbsent(alias, accelerator.name());
                if (owner != null || accelerators.containsKey(alias)) {
                    throw InputException.unreadable(
                            Text.printable(file) + ", accelerators." + accelerator.name() + ".aliases: found '"
                                    + Text.printable(alias) + "', expected a name that no other device has",
                            "Take another alias.");
                }
            }
        }
    }

    private static String resource() {
        try (InputStream stream = Devices.class.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new NoSuchElementException("the catalogue lacks " + RESOURCE);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
