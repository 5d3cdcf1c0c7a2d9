package dev.plimsoll.planner.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecipeTest {
    @Test
    void everyAccountIsTheSumOfItsTypes() {
        for (Recipe recipe : Recipe.all()) {
            Precision precision = recipe.precision();
            int bytes = precision.weights().blockBytes()
                    + of(precision.masterWeights())
                    + precision.gradients().blockBytes()
                    + of(precision.gradientCopy())
                    + 2 * precision.optimizerStates().blockBytes();
            assertThat(bytes).as(recipe.name()).isEqualTo(recipe.account());
        }
    }

    @Test
    void anUnknownRecipeNamesTheNearest() {
        assertThatThrownBy(() -> Recipe.named("bf16-mix"))
                .isInstanceOfSatisfying(
                        InputException.class,
                        refusal -> assertThat(refusal.remedy()).contains("bf16-mixed"));
    }

    private static int of(Optional<DataType> type) {
        return type.map(DataType::blockBytes).orElse(0);
    }
}
