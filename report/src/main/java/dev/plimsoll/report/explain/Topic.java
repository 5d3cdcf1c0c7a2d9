package dev.plimsoll.report.explain;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Text;
import java.util.Arrays;
import java.util.List;

/// What can be explained.
public enum Topic {
    DATA_TYPES("data-types", "how many bytes a number takes"),
    UNITS("units", "thousands and 1,024s, FLOPs and FLOP/s"),
    LAYERS("layers", "which layers have parameters, and which memory depends on the input"),
    PARAMETERS("parameters", "where the parameters are"),
    HEADS("heads", "query heads, key/value heads and their size"),
    MATMUL("matmul", "what a matrix product costs, and what it moves"),
    FLOPS("flops", "operations of a token, forward and in training"),
    KV("kv", "the key/value cache"),
    OPTIMIZER("optimizer", "bytes a parameter takes in training"),
    ACTIVATIONS("activations", "what a forward pass leaves for its backward pass"),
    PARALLELISM("parallelism", "what is divided among devices, and what is not"),
    TRAINING_TIME("training-time", "how many days a training run takes"),
    TRAINING_VS_INFERENCE("training-vs-inference", "what training keeps that inference does not"),
    TRAPS("traps", "where textbooks and tools err");

    private final String word;
    private final String subtitle;

    Topic(String word, String subtitle) {
        this.word = word;
        this.subtitle = subtitle;
    }

    /// What the command line calls it.
    public String word() {
        return word;
    }

    /// What it is about, in a few words.
    public String subtitle() {
        return subtitle;
    }

    /// @throws InputException naming the nearest topics
    public static Topic of(String word) {
        for (Topic topic : values()) {
            if (topic.word.equals(word)) {
                return topic;
            }
        }
        List<String> known = words();
        throw InputException.usage(
                "explain: found the topic '" + Text.printable(word) + "', expected one of " + String.join(", ", known),
                "The nearest is " + Nearest.of(word, known, 1).getFirst() + ".");
    }

    /// All topics' words, in order.
    public static List<String> words() {
        return Arrays.stream(values()).map(Topic::word).toList();
    }
}
