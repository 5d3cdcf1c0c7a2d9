package dev.plimsoll.planner.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServingLayoutTest {
    @Test
    void whatIsLeftOverGoesToTheStagesBeforeTheLast() {
        assertThat(ServingLayout.split(1, 4).layersOfStages(32)).containsExactly(8, 8, 8, 8);
        assertThat(ServingLayout.split(1, 5).layersOfStages(32)).containsExactly(6, 6, 7, 7, 6);
        assertThat(ServingLayout.split(1, 3).layersOfStages(32)).containsExactly(11, 11, 10);
        assertThat(ServingLayout.split(1, 4).layersOfStages(61)).containsExactly(15, 15, 16, 15);
    }

    @Test
    void aSplitThatIsAskedForIsTaken() {
        ServingLayout layout = new ServingLayout(1, 2, 1, 1, 1, List.of(10, 22));
        assertThat(layout.layersOfStages(32)).containsExactly(10, 22);
    }

    @Test
    void devicesAreTheProductOfWhatSplitsAndRepeats() {
        assertThat(new ServingLayout(2, 3, 1, 2, 4, List.of()).devices()).isEqualTo(24);
    }
}
