package dev.plimsoll.planner.hardware.catalogue;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.hardware.Figure;
import dev.plimsoll.planner.hardware.Unit;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiConsumer;

/// The keys of a group, taken one by one with the type they must have; a key that nobody takes is refused.
///
/// A figure is a scalar, which comes from the group's `source`, or a group of `value`, `source` and `provenance`.
final class Keys {
    private static final int MOST_DIGITS = 9;
    private static final int MISTYPED = 2;

    private final Setting.Group group;
    private final Set<String> taken = new LinkedHashSet<>();
    private String source = "";
    private Provenance provenance = Provenance.DATASHEET;

    Keys(Setting.Group group) {
        this.group = group;
    }

    /// Each member of a group by its own keys, none of which may be left over.
    static void each(Setting.Group group, BiConsumer<String, Keys> use) {
        group.members().forEach((name, setting) -> {
            Keys keys = new Keys(requireGroup(setting));
            use.accept(name, keys);
            keys.done();
        });
    }

    /// The keys of a group inside, whose figures come from the same source.
    Keys below(Setting.Group inside) {
        Keys keys = new Keys(inside);
        keys.source = source;
        keys.provenance = provenance;
        return keys;
    }

    Setting.Place place() {
        return group.place();
    }

    /// Takes `source` and `provenance`, which hold for every figure of the group that has no other. Without a source
    /// the file itself is named, and its figures are taken as assumed.
    void source() {
        Optional<String> said = text("source");
        source = said.orElse("said by " + Text.printable(group.place().file()));
        provenance = said.isPresent() ? Provenance.DATASHEET : Provenance.ASSUMED;
        scalar("provenance").ifPresent(word -> provenance = provenance(word));
    }

    String sourceSaid() {
        return source;
    }

    Provenance provenanceSaid() {
        return provenance;
    }

    Optional<Setting> find(String key) {
        taken.add(key);
        return Optional.ofNullable(group.members().get(key));
    }

    Optional<Setting.Group> group(String key) {
        return find(key).map(Keys::requireGroup);
    }

    Optional<Setting.Scalar> scalar(String key) {
        return find(key).map(Keys::requireScalar);
    }

    Setting.Scalar require(String key) {
        return scalar(key).orElseThrow(() -> missing(key));
    }

    Optional<String> text(String key) {
        return scalar(key).map(scalar -> {
            if (scalar.text().isBlank()) {
                throw scalar.refused("words");
            }
            return Text.printable(scalar.text());
        });
    }

    /// Words between commas.
    Optional<List<String>> words(String key) {
        return scalar(key)
                .map(scalar -> Arrays.stream(
                                scalar.text().toLowerCase(Locale.ROOT).split(","))
                        .map(String::strip)
                        .filter(word -> !word.isEmpty())
                        .toList());
    }

    Optional<Long> whole(String key, double most) {
        return scalar(key).map(scalar -> {
            String text = scalar.text();
            boolean digits = !text.isEmpty()
                    && text.length() <= MOST_DIGITS
                    && text.chars().allMatch(c -> c >= '0' && c <= '9');
            long value = digits ? Long.parseLong(text) : 0;
            if (value < 1 || value > most) {
                throw scalar.refused("a whole number from 1 to " + (long) most);
            }
            return value;
        });
    }

    long requireWhole(String key, double most) {
        return whole(key, most).orElseThrow(() -> missing(key));
    }

    Optional<Figure> figure(String key, Unit unit) {
        return find(key).map(setting -> switch (setting) {
            case Setting.Scalar scalar -> new Figure(value(scalar, unit), unit, source, provenance);
            case Setting.Group detailed -> {
                Keys keys = below(detailed);
                keys.text("source").ifPresent(own -> keys.source = own);
                keys.scalar("provenance").ifPresent(word -> keys.provenance = provenance(word));
                Figure figure = new Figure(value(keys.require("value"), unit), unit, keys.source, keys.provenance);
                keys.done();
                yield figure;
            }
        });
    }

    Figure require(String key, Unit unit) {
        return figure(key, unit).orElseThrow(() -> missing(key));
    }

    /// A key that has to be there and is not, or is mistyped.
    InputException missing(String key) {
        return group.members().entrySet().stream()
                .filter(entry -> !taken.contains(entry.getKey()) && Nearest.distance(entry.getKey(), key) <= MISTYPED)
                .findFirst()
                .map(entry -> unknown(entry.getKey(), entry.getValue(), key))
                .orElseGet(() -> group.place().refused("no " + key, "a line `" + key + ": ..` in it"));
    }

    /// Refuses the first key that nobody has taken.
    void done() {
        group.members().forEach((key, setting) -> {
            if (!taken.contains(key)) {
                throw unknown(key, setting, String.join(", ", Nearest.of(key, taken, taken.size())));
            }
        });
    }

    private static InputException unknown(String key, Setting setting, String known) {
        return setting.place().refused("the key '" + Text.printable(key) + "'", "one of " + known);
    }

    private static double value(Setting.Scalar scalar, Unit unit) {
        OptionalDouble value = unit.parse(scalar.text());
        return value.orElseThrow(() -> scalar.refused(unit.expected()));
    }

    private static Provenance provenance(Setting.Scalar word) {
        return Arrays.stream(Provenance.values())
                .filter(known -> known.word().equals(word.text()))
                .findFirst()
                .orElseThrow(() -> word.refused("one of exact, measured, published, datasheet, assumed"));
    }

    private static Setting.Group requireGroup(Setting setting) {
        return switch (setting) {
            case Setting.Group inside -> inside;
            case Setting.Scalar scalar -> throw scalar.refused("indented lines of `key: value`");
        };
    }

    private static Setting.Scalar requireScalar(Setting setting) {
        return switch (setting) {
            case Setting.Scalar scalar -> scalar;
            case Setting.Group inside -> throw inside.place().refused("indented lines", "one value behind the colon");
        };
    }
}
