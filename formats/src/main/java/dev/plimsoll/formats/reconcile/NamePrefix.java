package dev.plimsoll.formats.reconcile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// How the names of one part of a model begin in a file.
///
/// The same weights are saved as `model.layers.0..`, `layers.0..` or `model.language_model.layers.0..`, as the model
/// was wrapped when it was saved; what lies behind the wrapping is the same.
///
/// @param expected what the described names begin with
/// @param found what the file's names begin with instead
record NamePrefix(String expected, String found) {
    private static final NamePrefix SAME = new NamePrefix("", "");
    private static final int MOST_PROBES = 8;
    private static final Set<String> WRAPPERS = Set.of(
            "model",
            "transformer",
            "language_model",
            "text_model",
            "bert",
            "roberta",
            "albert",
            "deberta",
            "distilbert",
            "electra",
            "gpt_neox",
            "backbone",
            "vit",
            "clip",
            "base_model");
    private static final List<String> TOWER_WORDS =
            List.of("vision", "visual", "image", "audio", "speech", "mtp", "draft", "eagle");

    /// The prefix under which the file holds the most of the probes; the names as described, where none holds more.
    ///
    /// @param probes names of a part's tensors, each with its alternatives
    static NamePrefix find(List<List<String>> probes, TensorIndex index) {
        NamePrefix best = SAME;
        long most = best.count(probes, index);
        if (most == probes.size()) {
            return best;
        }
        for (NamePrefix candidate : candidates(probes, index)) {
            long count = candidate.count(probes, index);
            if (count > most) {
                best = candidate;
                most = count;
            }
        }
        return best;
    }

    /// The names that a described name may have in the file, the likeliest first.
    ///
    /// A name that stands outside the wrapping, as heads do, may lie under any outer part of the found prefix.
    List<String> names(String described) {
        if (equals(SAME)) {
            return List.of(described);
        }
        if (!expected.isEmpty() && described.startsWith(expected)) {
            return List.of(found + described.substring(expected.length()));
        }
        List<String> names = new ArrayList<>();
        for (String outer = found; !outer.isEmpty(); outer = outer.substring(0, outerEnd(outer))) {
            names.add(outer + described);
        }
        names.add(described);
        return names;
    }

    private static int outerEnd(String prefix) {
        return prefix.lastIndexOf('.', prefix.length() - 2) + 1;
    }

    private long count(List<List<String>> probes, TensorIndex index) {
        return probes.stream()
                .filter(alternatives -> alternatives.stream()
                        .anyMatch(name -> names(name).stream().anyMatch(file -> Carriers.anyIn(index, file))))
                .count();
    }

    private static List<NamePrefix> candidates(List<List<String>> probes, TensorIndex index) {
        Set<NamePrefix> candidates = new LinkedHashSet<>();
        Set<String> tried = new HashSet<>();
        int step = Math.max(1, probes.size() / MOST_PROBES);
        for (int probe = 0; probe < probes.size(); probe += step) {
            for (String name : probes.get(probe)) {
                for (String wrapping : wrappings(name)) {
                    String rest = name.substring(wrapping.length());
                    if (tried.add(wrapping + '\n' + rest)) {
                        addPrefixes(wrapping, Carriers.stem(rest), index, candidates);
                    }
                }
            }
        }
        return candidates.stream()
                .sorted(Comparator.comparingInt(candidate -> candidate.found.length()))
                .toList();
    }

    private static void addPrefixes(String wrapping, String stem, TensorIndex index, Set<NamePrefix> into) {
        index.names()
                .filter(name -> endsInStem(name, stem))
                .map(name -> name.substring(0, name.lastIndexOf(stem)))
                .filter(prefix -> isPlausible(wrapping, prefix))
                .forEach(prefix -> into.add(new NamePrefix(wrapping, prefix)));
    }

    private static boolean endsInStem(String name, String stem) {
        int at = name.lastIndexOf(stem);
        return at >= 0
                && (at == 0 || name.charAt(at - 1) == '.')
                && (at + stem.length() == name.length() || "._".indexOf(name.charAt(at + stem.length())) >= 0);
    }

    /// A text's tensors do not lie in a tower, nor the layers of one stack in those of another.
    private static boolean isPlausible(String wrapping, String prefix) {
        return prefix.chars().noneMatch(Character::isDigit)
                && TOWER_WORDS.stream().noneMatch(word -> prefix.contains(word) && !wrapping.contains(word));
    }

    /// Nothing, and up to three wrapping words at the name's beginning.
    private static List<String> wrappings(String name) {
        List<String> wrappings = new ArrayList<>(List.of(""));
        int end = name.indexOf('.') + 1;
        while (end > 0 && wrappings.size() <= 3 && WRAPPERS.contains(word(name, end))) {
            wrappings.add(name.substring(0, end));
            end = name.indexOf('.', end) + 1;
        }
        return wrappings;
    }

    private static String word(String name, int end) {
        return name.substring(name.lastIndexOf('.', end - 2) + 1, end - 1);
    }
}
