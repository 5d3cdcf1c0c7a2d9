package dev.plimsoll.planner.hardware.catalogue;

import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.Figure;
import dev.plimsoll.planner.hardware.Interconnect;
import dev.plimsoll.planner.hardware.MathType;
import dev.plimsoll.planner.hardware.Node;
import dev.plimsoll.planner.hardware.Unit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Turns a file of links, nodes and accelerators into records, on top of those known before.
///
/// An accelerator of a known name, or with `like: NAME`, takes from that one what it does not say itself.
final class DeviceFile {
    private static final double MOST_DEVICES = 1_000_000;

    private final SequencedMap<String, Interconnect> links;
    private final SequencedMap<String, Node> nodes;
    private final SequencedMap<String, Accelerator> accelerators;
    private final SequencedMap<String, Accelerator> read = new LinkedHashMap<>();

    DeviceFile(Map<String, Interconnect> links, Map<String, Node> nodes, Map<String, Accelerator> accelerators) {
        this.links = new LinkedHashMap<>(links);
        this.nodes = new LinkedHashMap<>(nodes);
        this.accelerators = new LinkedHashMap<>(accelerators);
    }

    SequencedMap<String, Interconnect> links() {
        return links;
    }

    SequencedMap<String, Node> nodes() {
        return nodes;
    }

    /// Those known before and those of the file.
    SequencedMap<String, Accelerator> accelerators() {
        return accelerators;
    }

    /// Those of the file alone, in its order.
    SequencedMap<String, Accelerator> read() {
        return read;
    }

    void add(String file, String text) {
        Keys whole = new Keys(SettingsReader.read(file, text));
        Optional<Setting.Group> linkGroup = whole.group("links");
        Optional<Setting.Group> nodeGroup = whole.group("nodes");
        Optional<Setting.Group> acceleratorGroup = whole.group("accelerators");
        whole.done();
        linkGroup.ifPresent(group -> Keys.each(group, (name, keys) -> links.put(name, link(name, keys))));
        nodeGroup.ifPresent(group -> Keys.each(group, (name, keys) -> nodes.put(name, node(name, keys))));
        acceleratorGroup.ifPresent(group -> Keys.each(group, (name, keys) -> {
            Accelerator accelerator = accelerator(named(name.toLowerCase(Locale.ROOT)), keys);
            accelerators.put(accelerator.name(), accelerator);
            read.put(accelerator.name(), accelerator);
        }));
    }

    /// The name of the device that has this one as an alias; else the name itself.
    private String named(String name) {
        return accelerators.values().stream()
                .filter(accelerator -> accelerator.aliases().contains(name))
                .map(Accelerator::name)
                .findFirst()
                .orElse(name);
    }

    private static Interconnect link(String name, Keys keys) {
        keys.source();
        Setting.Scalar technology = keys.require("technology");
        return new Interconnect(
                name,
                technology(technology),
                keys.require("bandwidth", Unit.BYTES_PER_SECOND),
                keys.require("latency", Unit.SECONDS));
    }

    private static Interconnect.Technology technology(Setting.Scalar scalar) {
        Map<String, Interconnect.Technology> words = new LinkedHashMap<>();
        for (Interconnect.Technology technology : Interconnect.Technology.values()) {
            words.put(technology.word(), technology);
        }
        Interconnect.Technology named = words.get(scalar.text());
        if (named == null) {
            throw scalar.refused("one of " + String.join(", ", words.keySet()));
        }
        return named;
    }

    private Node node(String name, Keys keys) {
        keys.source();
        int devices = (int) keys.requireWhole("devices", MOST_DEVICES);
        Optional<Long> domain = keys.whole("domain", MOST_DEVICES);
        return new Node(
                name,
                devices,
                domain.map(Long::intValue).orElse(devices),
                known(keys.require("scale-up"), links),
                known(keys.require("scale-out"), links),
                keys.sourceSaid(),
                keys.provenanceSaid());
    }

    private Accelerator accelerator(String name, Keys keys) {
        Optional<Accelerator> base = keys.scalar("like")
                .map(like -> known(new Setting.Scalar(like.place(), named(like.text())), accelerators))
                .or(() -> Optional.ofNullable(accelerators.get(name)));
        keys.source();
        Figure memory = keys.figure("memory", Unit.BYTES)
                .or(() -> base.map(Accelerator::memory))
                .orElseThrow(() -> keys.missing("memory"));
        Optional<Setting> usable = keys.find("usable-memory");
        Figure usableMemory = keys.figure("usable-memory", Unit.BYTES)
                .or(() -> base.filter(known -> known.memory().value() == memory.value())
                        .map(Accelerator::usableMemory))
                .orElseGet(() -> left(memory));
        if (usableMemory.value() > memory.value()) {
            throw usable.map(Setting::place)
                    .orElse(keys.place())
                    .refused(usableMemory.whole() + " bytes", "no more than memory, " + memory.whole() + " bytes");
        }
        return new Accelerator(
                name,
                keys.words("aliases")
                        .orElseGet(() -> base.filter(known -> known.name().equals(name))
                                .map(Accelerator::aliases)
                                .orElse(List.of())),
                keys.text("product").or(() -> base.map(Accelerator::product)).orElse(name),
                keys.text("architecture")
                        .or(() -> base.map(Accelerator::architecture))
                        .orElse("unknown"),
                memory,
                usableMemory,
                keys.figure("bandwidth", Unit.BYTES_PER_SECOND)
                        .or(() -> base.map(Accelerator::memoryBandwidth))
                        .orElseThrow(() -> keys.missing("bandwidth")),
                peaks(keys, base),
                keys.whole("multiprocessors", MOST_DEVICES)
                        .map(Long::intValue)
                        .or(() -> base.flatMap(Accelerator::multiprocessors)),
                keys.scalar("host").map(host -> known(host, links)).or(() -> base.flatMap(Accelerator::host)),
                keys.figure("power", Unit.WATTS).or(() -> base.flatMap(Accelerator::power)),
                keys.scalar("node")
                        .map(node -> known(node, nodes))
                        .or(() -> base.map(Accelerator::node))
                        .orElseThrow(() -> keys.missing("node")));
    }

    /// What a driver leaves where nobody has measured it: one part in 90 goes to page tables, error correction and the
    /// driver itself, as on an 80 GiB card of which 79.1 GiB are left.
    private static Figure left(Figure memory) {
        return new Figure(
                Math.floor(memory.value() * 89 / 90),
                Unit.BYTES,
                "89/90 of the memory, as drivers leave of measured cards; not measured on this one",
                Provenance.ASSUMED);
    }

    private static SequencedMap<MathType, Figure> peaks(Keys keys, Optional<Accelerator> base) {
        SequencedMap<MathType, Figure> peaks =
                new LinkedHashMap<>(base.map(Accelerator::peaks).orElse(new LinkedHashMap<>()));
        keys.group("peaks").ifPresent(group -> {
            Keys types = keys.below(group);
            for (MathType type : MathType.values()) {
                types.figure(type.word(), Unit.OPERATIONS_PER_SECOND).ifPresent(peak -> peaks.put(type, peak));
            }
            types.done();
        });
        return peaks;
    }

    private static <T> T known(Setting.Scalar name, Map<String, T> all) {
        T found = all.get(name.text().toLowerCase(Locale.ROOT));
        if (found == null) {
            throw name.refused("one of those described; the nearest are "
                    + String.join(", ", Nearest.of(name.text(), all.keySet(), 3)));
        }
        return found;
    }
}
