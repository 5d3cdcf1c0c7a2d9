package dev.plimsoll.formats.config;

import dev.plimsoll.formats.json.JsonArray;
import dev.plimsoll.formats.json.JsonBoolean;
import dev.plimsoll.formats.json.JsonNull;
import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonText;
import dev.plimsoll.formats.json.JsonValue;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;

/// One object of a config, read by key; where several keys mean the same, the first that is there and not null decides.
///
/// Every value is checked when it is read: sizes are whole numbers from 1 to 2^40. What was never read can be listed.
public final class Config {
    private static final long LARGEST = 1L << 40;
    private static final String REMEDY = "Check the file: it may be incomplete, or not a model's config.json.";

    private final String file;
    private final String path;
    private final JsonObject object;
    private final Set<String> read;
    private final Map<String, Config> nested;

    /// @param file what errors call it
    public Config(String file, JsonObject object) {
        this(file, "", object);
    }

    private Config(String file, String path, JsonObject object) {
        this(file, path, object, new LinkedHashSet<>(), new LinkedHashMap<>());
    }

    private Config(String file, String path, JsonObject object, Set<String> read, Map<String, Config> nested) {
        this.file = file;
        this.path = path;
        this.object = object;
        this.read = read;
        this.nested = nested;
    }

    /// The same with sizes for keys that are absent: configs of some classes leave out what is as the class has it.
    public Config withDefaults(Map<String, Long> sizes) {
        SequencedMap<String, JsonValue> members = new LinkedHashMap<>(object.members());
        sizes.forEach((key, size) -> members.putIfAbsent(key, new JsonNumber(Long.toString(size))));
        return new Config(file, path, new JsonObject(members), read, nested);
    }

    public String file() {
        return file;
    }

    /// Whether the key is there and not null.
    public boolean has(String key) {
        return find(key).isPresent();
    }

    /// The first of the keys that is there and not null, else the first of all: the one that an error names.
    public String present(String... keys) {
        for (String key : keys) {
            if (has(key)) {
                return key;
            }
        }
        return keys[0];
    }

    /// Whether the key is there and null: said to be nothing, where silence would mean the class's own default.
    public boolean isNull(String key) {
        read.add(key);
        return object.members().get(key) instanceof JsonNull;
    }

    /// The object under the first of the keys that holds one.
    public Optional<Config> nested(String... keys) {
        for (String key : keys) {
            Optional<JsonValue> value = find(key);
            if (value.isPresent()) {
                if (value.get() instanceof JsonObject inner) {
                    return Optional.of(nested.computeIfAbsent(key, name -> new Config(file, path + name + ".", inner)));
                }
                throw wrong(key, value.get(), "an object");
            }
        }
        return Optional.empty();
    }

    /// The object under the key, or an empty one: a part of a model that a config leaves to its class.
    public Config nestedOrEmpty(String key) {
        return nested(key).orElseGet(() -> new Config(file, path + key + ".", new JsonObject(new LinkedHashMap<>())));
    }

    /// The keys of this object, in the order of the file.
    public List<String> keys() {
        read.addAll(object.members().keySet());
        return List.copyOf(object.members().keySet());
    }

    /// The objects of a list.
    public List<Config> objects(String key) {
        List<Config> configs = new ArrayList<>();
        List<JsonValue> values = list(key);
        for (int i = 0; i < values.size(); i++) {
            if (!(values.get(i) instanceof JsonObject inner)) {
                throw wrong(key + "[" + i + "]", values.get(i), "an object");
            }
            configs.add(new Config(file, path + key + "[" + i + "].", inner));
        }
        return configs;
    }

    /// A size of at least 1 that must be there.
    public long size(String... keys) {
        return optionalSize(keys).orElseThrow(() -> missing(keys));
    }

    /// A size of at least 1, or the default where no key is there.
    public long sizeOr(long fallback, String... keys) {
        return optionalSize(keys).orElse(fallback);
    }

    public OptionalLong optionalSize(String... keys) {
        return number(1, "a whole number from 1 to 2^40", keys);
    }

    /// A number of things of which there may be none, or the default where no key is there.
    public long countOr(long fallback, String... keys) {
        return number(0, "a whole number from 0 to 2^40", keys).orElse(fallback);
    }

    /// A size that must fit an int, for example a kernel's width.
    public int smallSizeOr(int fallback, String... keys) {
        long size = sizeOr(fallback, keys);
        if (size > 1 << 20) {
            throw wrong(keys[0], new JsonNumber(Long.toString(size)), "a whole number from 1 to 2^20");
        }
        return (int) size;
    }

    /// A finite number, or the default where no key is there.
    public double realOr(double fallback, String... keys) {
        return optionalReal(keys).orElse(fallback);
    }

    public OptionalDouble optionalReal(String... keys) {
        for (String key : keys) {
            Optional<JsonValue> value = find(key);
            if (value.isPresent()) {
                if (value.get() instanceof JsonNumber number && number.isFinite() && Double.isFinite(number.real())) {
                    return OptionalDouble.of(number.real());
                }
                throw wrong(key, value.get(), "a finite number");
            }
        }
        return OptionalDouble.empty();
    }

    /// Whether the key is there and true.
    public boolean isTrue(String key) {
        return truth(key).orElse(false);
    }

    /// Whether the key is there and false; absent means true.
    public boolean isFalse(String key) {
        return !truth(key).orElse(true);
    }

    /// What the key says; empty where it is absent.
    public Optional<Boolean> truth(String key) {
        return find(key).map(value -> switch (value) {
            case JsonBoolean(boolean truth) -> truth;
            case JsonNumber(String text) when text.equals("0") || text.equals("1") -> text.equals("1");
            case JsonObject other -> throw wrong(key, other, "true or false");
            case JsonArray other -> throw wrong(key, other, "true or false");
            case JsonText other -> throw wrong(key, other, "true or false");
            case JsonNumber other -> throw wrong(key, other, "true or false");
            case JsonNull other -> throw wrong(key, other, "true or false");
        });
    }

    public Optional<String> text(String... keys) {
        for (String key : keys) {
            Optional<JsonValue> value = find(key);
            if (value.isPresent()) {
                if (value.get() instanceof JsonText(String text)) {
                    return Optional.of(text);
                }
                throw wrong(key, value.get(), "a text");
            }
        }
        return Optional.empty();
    }

    /// The texts of a list; empty where there is none.
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (JsonValue value : list(key)) {
            if (!(value instanceof JsonText(String text))) {
                throw wrong(key, value, "texts only");
            }
            texts.add(text);
        }
        return texts;
    }

    /// The whole numbers of at least 0 of a list; empty where there is none.
    public List<Long> counts(String key) {
        List<Long> counts = new ArrayList<>();
        for (JsonValue value : list(key)) {
            counts.add(whole(key, value, 0, "whole numbers from 0 to 2^40"));
        }
        return counts;
    }

    /// A size of groups; empty where no key is there, or says -1, which means none.
    public OptionalLong groupSize(String... keys) {
        for (String key : keys) {
            Optional<JsonValue> value = find(key);
            if (value.isPresent()) {
                return value.get() instanceof JsonNumber(String text) && text.equals("-1")
                        ? OptionalLong.empty()
                        : OptionalLong.of(whole(key, value.get(), 1, "-1 or a whole number from 1 to 2^40"));
            }
        }
        return OptionalLong.empty();
    }

    /// Whether the key holds a text.
    public boolean isText(String key) {
        return find(key).map(value -> value instanceof JsonText).orElse(false);
    }

    /// Whether the key holds a list.
    public boolean isList(String key) {
        return find(key).map(value -> value instanceof JsonArray).orElse(false);
    }

    /// Whether the key holds an object.
    public boolean isObject(String key) {
        return find(key).map(value -> value instanceof JsonObject).orElse(false);
    }

    /// The elements of a list; empty where there is none.
    public List<JsonValue> list(String key) {
        Optional<JsonValue> value = find(key);
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get() instanceof JsonArray array) {
            return array.elements();
        }
        throw wrong(key, value.get(), "a list");
    }

    /// Keys that nothing has asked for, with their paths.
    public List<String> unread() {
        List<String> unread = new ArrayList<>();
        for (String key : object.members().keySet()) {
            if (!read.contains(key)) {
                unread.add(path + key);
            }
        }
        nested.values().forEach(inner -> unread.addAll(inner.unread()));
        return unread;
    }

    /// An error about a value that was read and makes no sense: `found` what, `expected` what.
    public InputException invalid(String key, String found, String expected) {
        return InputException.unreadable(
                file + ": " + path + key + " is " + Text.printable(found) + ", expected " + expected, REMEDY);
    }

    /// An error about something that is well said but not known here.
    public InputException unsupported(String key, String found, String expected) {
        return InputException.unsupported(
                file + ": " + path + key + " is " + Text.printable(found) + ", expected " + expected,
                "Open an issue with this config.json, or describe the model with a family that is known:"
                        + " plimsoll models lists them.");
    }

    private InputException missing(String... keys) {
        return InputException.unreadable(
                file + ": " + path + keys[0] + " is missing, expected a whole number of at least 1"
                        + (keys.length > 1
                                ? " (also read as "
                                        + String.join(", ", List.of(keys).subList(1, keys.length)) + ")"
                                : ""),
                REMEDY);
    }

    private OptionalLong number(long least, String expected, String... keys) {
        for (String key : keys) {
            Optional<JsonValue> value = find(key);
            if (value.isPresent()) {
                return OptionalLong.of(whole(key, value.get(), least, expected));
            }
        }
        return OptionalLong.empty();
    }

    private long whole(String key, JsonValue value, long least, String expected) {
        if (value instanceof JsonNumber number) {
            OptionalLong whole = number.whole();
            if (whole.isPresent() && whole.getAsLong() >= least && whole.getAsLong() <= LARGEST) {
                return whole.getAsLong();
            }
        }
        throw wrong(key, value, expected);
    }

    private InputException wrong(String key, JsonValue found, String expected) {
        return InputException.unreadable(
                file + ": " + path + key + " is " + found.describe() + ", expected " + expected, REMEDY);
    }

    private Optional<JsonValue> find(String key) {
        read.add(key);
        return object.member(key).filter(value -> !(value instanceof JsonNull));
    }
}
