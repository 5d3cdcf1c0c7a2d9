package dev.plimsoll.cli;

import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.framework.FrameworkProfile;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `--recompute`: `none`, `selective`, `full` or pieces of a layer, in every layer or every n-th: `mlp,norm:every 2`.
final class RecomputeWords {
    private static final String OPTION = "--recompute";
    private static final Pattern PATTERN = Pattern.compile("([^:]*)(?::\\s*(every|first)\\s+(\\S+)\\s*)?");
    private static final Map<String, Piece> PIECES = pieces();

    private RecomputeWords() {}

    private static Map<String, Piece> pieces() {
        Map<String, Piece> pieces = new LinkedHashMap<>();
        pieces.put("full", Piece.LAYER);
        pieces.put("norm", Piece.NORMALIZATION);
        pieces.put("layernorm", Piece.NORMALIZATION);
        pieces.put("activation", Piece.ACTIVATION);
        pieces.put("act", Piece.ACTIVATION);
        pieces.put("moe_act", Piece.ACTIVATION);
        pieces.put("gate", Piece.GATE);
        pieces.put("core-attention", Piece.CORE_ATTENTION);
        pieces.put("core_attn", Piece.CORE_ATTENTION);
        pieces.put("mla-up-proj", Piece.LATENT_UP_PROJECTION);
        pieces.put("mla_up_proj", Piece.LATENT_UP_PROJECTION);
        pieces.put("mlp", Piece.FEED_FORWARD);
        pieces.put("moe", Piece.FEED_FORWARD);
        pieces.put("op", Piece.OTHER_PRODUCTS);
        return pieces;
    }

    /// What was typed.
    ///
    /// @param framework by which `selective` is understood
    static Recomputation read(String text, FrameworkProfile framework) {
        Matcher matcher = PATTERN.matcher(text.strip());
        if (!matcher.matches()) {
            throw InputException.usage(
                    OPTION + ": found '" + Text.printable(text) + "', expected WHAT, or WHAT:every N",
                    "Write for example --recompute full, --recompute mlp,norm or --recompute 'full:every 2'.");
        }
        LayerPattern layers = pattern(matcher);
        String what = matcher.group(1).strip();
        return switch (what) {
            case "none" -> Recomputation.NONE;
            case "selective" -> new Recomputation(framework.selective().what(), layers);
            default -> new Recomputation(listed(what), layers);
        };
    }

    private static LayerPattern pattern(Matcher matcher) {
        if (matcher.group(2) == null) {
            return new LayerPattern.Every(1);
        }
        long count = Quantities.count(OPTION, matcher.group(3));
        return matcher.group(2).equals("every") ? new LayerPattern.Every(count) : new LayerPattern.First(count);
    }

    private static Set<Piece> listed(String words) {
        Set<Piece> pieces = EnumSet.noneOf(Piece.class);
        for (String word : words.split(",", -1)) {
            Piece piece = PIECES.get(word.strip());
            if (piece == null) {
                throw Words.unknown(OPTION, word.strip(), known());
            }
            pieces.add(piece);
        }
        return pieces;
    }

    private static List<String> known() {
        return Stream.concat(Stream.of("none", "selective"), PIECES.keySet().stream())
                .toList();
    }

    /// As `--recompute` takes it.
    static String print(Recomputation recomputation) {
        if (recomputation.what().isEmpty()) {
            return "none";
        }
        String what = recomputation.what().stream()
                .sorted(Comparator.naturalOrder())
                .map(RecomputeWords::word)
                .collect(Collectors.joining(","));
        return switch (recomputation.layers()) {
            case LayerPattern.Every(long step) -> step == 1 ? what : what + ":every " + step;
            case LayerPattern.First(long count) -> what + ":first " + count;
        };
    }

    private static String word(Piece piece) {
        return switch (piece) {
            case NORMALIZATION -> "norm";
            case GATE -> "gate";
            case ACTIVATION -> "act";
            case CORE_ATTENTION -> "core-attention";
            case LATENT_UP_PROJECTION -> "mla-up-proj";
            case FEED_FORWARD -> "mlp";
            case OTHER_PRODUCTS -> "op";
            case LAYER -> "full";
        };
    }
}
