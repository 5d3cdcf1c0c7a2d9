package dev.plimsoll.examples;

import dev.plimsoll.engine.random.CounterBased;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Text without end, drawn from a grammar of our own, so that it is known how well its next character can be predicted.
///
/// ```
/// sentence = noun phrase, " ", verb, " ", noun phrase, ".\n"
/// noun phrase = "the ", with probability 1/2 an adjective and " ", noun
/// ```
/// Every word is as probable as the others of its kind. A noun phrase is singular or plural with probability 1/2, and
/// the verb agrees with the first one; so that is to be remembered over up to two words. Each sentence can be read in
/// one way only, so its probability is the product of its choices.
final class HarbourText {
    private static final List<String> ADJECTIVES =
            List.of("old", "small", "heavy", "quiet", "red", "brave", "tired", "fast");
    private static final List<String> NOUNS = List.of(
            "ship",
            "boat",
            "captain",
            "sailor",
            "pilot",
            "gull",
            "lantern",
            "anchor",
            "barrel",
            "crane",
            "diver",
            "keeper",
            "merchant",
            "rower",
            "tug",
            "whale");
    private static final List<String> VERBS =
            List.of("load", "follow", "greet", "signal", "tow", "spot", "need", "visit");
    private static final int CHOICES_OF_A_SENTENCE = 16;

    private final CounterBased random;

    HarbourText(long seed) {
        this.random = new CounterBased(seed);
    }

    /// The bytes of a text of its own for each number, from the start of a sentence on.
    int[] tokens(long number, int length) {
        StringBuilder text = new StringBuilder();
        for (long sentence = 0; text.length() < length; sentence++) {
            append(random.at(number).at(sentence), text);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = bytes[i];
        }
        return tokens;
    }

    private static void append(CounterBased choices, StringBuilder text) {
        boolean plural = nounPhrase(choices, 0, text);
        String verb = one(VERBS, choices.uniform(CHOICES_OF_A_SENTENCE));
        text.append(' ').append(plural ? verb : verb + "s").append(' ');
        nounPhrase(choices, CHOICES_OF_A_SENTENCE / 2, text);
        text.append(".\n");
    }

    /// @param first the number of the first choice
    /// @return whether it is plural
    private static boolean nounPhrase(CounterBased choices, int first, StringBuilder text) {
        text.append("the ");
        if (choices.uniform(first) < 0.5) {
            text.append(one(ADJECTIVES, choices.uniform(first + 1))).append(' ');
        }
        boolean plural = choices.uniform(first + 2) < 0.5;
        text.append(one(NOUNS, choices.uniform(first + 3))).append(plural ? "s" : "");
        return plural;
    }

    private static String one(List<String> words, double uniform) {
        return words.get((int) (uniform * words.size()));
    }

    /// Nats of information a character carries on average: no predictor's loss stays below it.
    ///
    /// The sum of the choices' entropies in a sentence over the characters it has on average.
    static double entropy() {
        double nounPhrase = Math.log(2) + Math.log(ADJECTIVES.size()) / 2 + Math.log(2) + Math.log(NOUNS.size());
        return (2 * nounPhrase + Math.log(VERBS.size())) / averageLength();
    }

    private static double averageLength() {
        double nounPhrase = "the ".length() + (mean(ADJECTIVES) + 1) / 2 + mean(NOUNS) + 0.5;
        return 2 * nounPhrase + 1 + mean(VERBS) + 0.5 + 1 + ".\n".length();
    }

    private static double mean(List<String> words) {
        return words.stream().mapToInt(String::length).average().orElseThrow();
    }
}
