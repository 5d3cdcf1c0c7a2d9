package dev.plimsoll.formats.launch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Pipelines of Megatron-LM whose first or last stage has a number of layers of its own.
final class MegatronStages {
    private static final String FLAG = "--pipeline-model-parallel-layout";
    private static final int MOST_CHUNKS = 20_000;
    private static final Pattern REPEAT = Pattern.compile("(\\([^()]*\\)|[Etm|L])\\*([0-9]{1,5})");

    private MegatronStages() {}

    /// Layers of each chunk in the order they are run: what the first and last stage leave is dealt out evenly, and
    /// each stage deals its own out evenly to its chunks.
    ///
    /// Source: NVIDIA/Megatron-LM, `get_num_layers_to_build`.
    static List<Integer> uneven(
            LaunchNotes notes, OptionalLong layers, int stages, int chunks, OptionalLong first, OptionalLong last) {
        if (layers.isEmpty() || stages < 2 || (long) stages * chunks > MOST_CHUNKS) {
            throw notes.contradiction(
                    "layers of the first or last stage", "--num-layers and two stages at least beside them");
        }
        long middle = layers.getAsLong() - first.orElse(0) - last.orElse(0);
        int others = stages - (first.isPresent() ? 1 : 0) - (last.isPresent() ? 1 : 0);
        if (middle < 0 || (others == 0 ? middle != 0 : middle % others != 0)) {
            throw notes.contradiction(
                    middle + " layers left for " + others + " stages between the first and the last",
                    "a number that they share evenly");
        }
        List<Integer> round = new ArrayList<>();
        for (int stage = 0; stage < stages; stage++) {
            long ofStage = stage == 0 && first.isPresent()
                    ? first.getAsLong()
                    : stage == stages - 1 && last.isPresent() ? last.getAsLong() : middle / others;
            if (ofStage % chunks != 0 || ofStage > MOST_CHUNKS) {
                throw notes.contradiction(ofStage + " layers of a stage and " + chunks + " chunks", "a multiple");
            }
            round.add((int) (ofStage / chunks));
        }
        return Collections.nCopies(chunks, round).stream().flatMap(List::stream).toList();
    }

    /// Layers of each chunk from a layout such as `Et*5|(tt|)*2tL`: `|` ends a chunk, `t` is a layer, `*n` repeats.
    ///
    /// Source: NVIDIA/Megatron-LM, `pipeline_parallel_layer_layout.py`.
    static List<Integer> layout(LaunchNotes notes, String text, int stages) {
        String chunks = expand(notes, text.replaceAll("[,\\s]", ""));
        List<Integer> layers = new ArrayList<>();
        for (String chunk : chunks.split("\\|", -1)) {
            layers.add((int) chunk.chars().filter(part -> part == 't').count());
        }
        if (!chunks.matches("[Etm|L]*") || layers.size() % stages != 0) {
            throw notes.invalid(FLAG, text, "chunks of E, t, m and L, as many as a multiple of " + stages + " stages");
        }
        return layers;
    }

    /// Writes out `(...)*n` and `x*n`.
    private static String expand(LaunchNotes notes, String text) {
        String expanded = text;
        Matcher repeat = REPEAT.matcher(expanded);
        while (repeat.find()) {
            String what = repeat.group(1).replaceAll("[()]", "");
            int times = Integer.parseInt(repeat.group(2));
            if ((long) what.length() * times + expanded.length() > MOST_CHUNKS) {
                throw notes.invalid(FLAG, text, "at most " + MOST_CHUNKS + " layers and chunks");
            }
            expanded = expanded.substring(0, repeat.start()) + what.repeat(times) + expanded.substring(repeat.end());
            repeat = REPEAT.matcher(expanded);
        }
        return expanded;
    }

    /// A layout of chunks with so many layers each.
    static String text(List<Integer> layers) {
        List<String> chunks = new ArrayList<>();
        for (int chunk = 0; chunk < layers.size(); chunk++) {
            int count = layers.get(chunk);
            chunks.add((chunk == 0 ? "E" : "")
                    + (count == 0 ? "" : count == 1 ? "t" : "t*" + count)
                    + (chunk == layers.size() - 1 ? "L" : ""));
        }
        return String.join("|", chunks);
    }
}
