package dev.plimsoll.engine.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.operator.Routing;
import dev.plimsoll.model.operator.Routing.Groups;
import org.junit.jupiter.api.Test;

class ExpertChoiceTest {
    @Test
    void theBestAreChosenTheBetterFirst() {
        assertThat(chosen(2, Groups.ONE, 1, 4, 2, 3)).containsExactly(1, 3);
    }

    @Test
    void ofEqualOnesTheLowerNumberIsChosen() {
        assertThat(chosen(2, Groups.ONE, 3, 4, 4, 3)).containsExactly(1, 2);
    }

    /// Groups (5, 0), (4, 3) and (2, 2): by their best the first two, by both the second before the first.
    @Test
    void onlyTheBestGroupsAreOpen() {
        assertThat(chosen(2, new Groups(3, 2, 1), 5, 0, 4, 3, 2, 2)).containsExactly(0, 2);
        assertThat(chosen(2, new Groups(3, 1, 1), 5, 0, 4, 3, 2, 2)).containsExactly(0, 1);
        assertThat(chosen(2, new Groups(3, 1, 2), 5, 0, 4, 3, 2, 2)).containsExactly(2, 3);
    }

    /// A correction may make every preference negative.
    @Test
    void preferencesMayBeNegative() {
        assertThat(chosen(3, new Groups(2, 1, 2), -5, -4, -1, -9, -8, -9)).containsExactly(2, 1, 0);
    }

    private static int[] chosen(long topK, Groups groups, float... preferences) {
        Routing routing =
                new Routing(preferences.length, topK, Routing.Scoring.SOFTMAX, Routing.Weighting.AS_SCORED, groups);
        int[] chosen = new int[Math.toIntExact(topK)];
        new ExpertChoice(routing).choose(preferences, chosen, 0);
        return chosen;
    }
}
