package dev.plimsoll.engine.operator;

import dev.plimsoll.model.operator.Routing;
import java.util.Arrays;

/// Which experts a token is sent to: the best of the best groups, the lower number first where two are equal.
///
/// Source: DeepSeek-V2 (2024), section 2.2.2, and DeepSeek-V3 (2024), equations 14 to 16 and section 2.1.2. One group
/// of all experts is the plain choice of Shazeer et al. 2017.
final class ExpertChoice {
    private final int experts;
    private final int topK;
    private final int groups;
    private final int chosenGroups;
    private final int scoredBy;

    ExpertChoice(Routing routing) {
        this.experts = Math.toIntExact(routing.experts());
        this.topK = Math.toIntExact(routing.topK());
        this.groups = Math.toIntExact(routing.groups().count());
        this.chosenGroups = Math.toIntExact(routing.groups().chosen());
        this.scoredBy = Math.toIntExact(routing.groups().scoredBy());
    }

    /// @param preferences for each expert, what it is chosen by; overwritten
    /// @param chosen where the experts' numbers go, the best first
    void choose(float[] preferences, int[] chosen, int offset) {
        if (chosenGroups < groups) {
            strikeOutOtherGroups(preferences);
        }
        for (int k = 0; k < topK; k++) {
            int best = best(preferences, experts);
            chosen[offset + k] = best;
            preferences[best] = Float.NEGATIVE_INFINITY;
        }
    }

    private void strikeOutOtherGroups(float[] preferences) {
        float[] scores = new float[groups];
        for (int group = 0; group < groups; group++) {
            scores[group] = groupScore(preferences, group);
        }
        boolean[] open = new boolean[groups];
        for (int k = 0; k < chosenGroups; k++) {
            int best = best(scores, groups);
            open[best] = true;
            scores[best] = Float.NEGATIVE_INFINITY;
        }
        int size = experts / groups;
        for (int expert = 0; expert < experts; expert++) {
            if (!open[expert / size]) {
                preferences[expert] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /// The sum of the group's best.
    private float groupScore(float[] preferences, int group) {
        int size = experts / groups;
        float[] own = Arrays.copyOfRange(preferences, group * size, (group + 1) * size);
        float score = 0;
        for (int k = 0; k < Math.min(scoredBy, size); k++) {
            int best = best(own, size);
            score += own[best];
            own[best] = Float.NEGATIVE_INFINITY;
        }
        return score;
    }

    private static int best(float[] values, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }
}
