package dev.plimsoll.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.meter.Counts;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryTest {
    @Test
    void aTensorTakesTheBytesOfItsDataType() {
        Memory memory = Memory.unlimited();
        memory.allocate("weights", List.of(3, 5), DataType.BF16, Category.PARAMETER);
        memory.allocate("mask", List.of(7), DataType.U8, Category.SAVED_ACTIVATION);
        memory.allocate("ids", List.of(2), DataType.I32, Category.SAVED_ACTIVATION);
        memory.allocate("one", List.of(), DataType.F32, Category.TEMPORARY);
        assertThat(memory.held(Category.PARAMETER)).isEqualTo(new Bytes(3 * 5 * 2));
        assertThat(memory.held(Category.SAVED_ACTIVATION)).isEqualTo(new Bytes(7 + 2 * 4));
        assertThat(memory.held(Category.TEMPORARY)).isEqualTo(new Bytes(4));
        assertThat(memory.held(Category.GRADIENT)).isEqualTo(Bytes.ZERO);
    }

    @Test
    void thePeakIsObservedAtItsMomentAndLeavesOutScratch() {
        Memory memory = Memory.unlimited();
        memory.moment("forward");
        Tensor first = memory.allocate("first", List.of(100), DataType.F32, Category.SAVED_ACTIVATION);
        memory.allocate("panels", List.of(1000), DataType.F32, Category.SCRATCH);
        Tensor second = memory.allocate("second", List.of(50), DataType.F32, Category.TEMPORARY);
        memory.release(first);
        memory.moment("backward");
        memory.allocate("third", List.of(100), DataType.F32, Category.TEMPORARY);
        assertThat(memory.peak()).isEqualTo(new Peak(new Bytes(150 * 4), "forward"));
        memory.allocate("fourth", List.of(1), DataType.F32, Category.TEMPORARY);
        assertThat(memory.peak()).isEqualTo(new Peak(new Bytes(151 * 4), "backward"));
        memory.release(second);
        memory.forgetPeak();
        assertThat(memory.peak()).isEqualTo(new Peak(new Bytes(101 * 4), "backward"));
    }

    @Test
    void aTensorThatDoesNotFitIsRefusedAndNothingChanges() {
        Memory memory = new Memory(new Bytes(4096), AfterRelease.FORGET);
        memory.allocate("weights", List.of(512), DataType.F32, Category.PARAMETER);
        assertThatThrownBy(() -> memory.allocate("logits", List.of(3, 256), DataType.F32, Category.TEMPORARY))
                .isInstanceOf(InputException.class)
                .hasMessage(
                        "tensor logits: needs 3.00 KiB more than the 2.00 KiB held, expected at most 4.00 KiB in all");
        assertThat(memory.held(Category.TEMPORARY)).isEqualTo(Bytes.ZERO);
        assertThat(memory.peak().bytes()).isEqualTo(new Bytes(2048));
        memory.allocate("rest", List.of(512), DataType.F32, Category.TEMPORARY);
    }

    @Test
    void aTensorOfMoreElementsThanAnArrayHoldsIsRefused() {
        assertThatThrownBy(() -> Memory.unlimited()
                        .allocate("table", List.of(1 << 20, 1 << 20, 1 << 20), DataType.U8, Category.PARAMETER))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("at most 2^31 - 1 elements");
    }

    @Test
    void aDataTypeThatTheEngineDoesNotHoldIsRefused() {
        assertThatThrownBy(
                        () -> Memory.unlimited().allocate("weights", List.of(32), DataType.MXFP4, Category.PARAMETER))
                .isInstanceOf(InputException.class)
                .hasMessage("data type mxfp4: the engine holds f32, bf16, f16, u8 and i32");
    }

    @Test
    void valuesAreRoundedWhenStoredWidenedWhenLoadedAndTheirBytesCounted() {
        Tensor tensor = Memory.unlimited().allocate("x", List.of(4), DataType.BF16, Category.TEMPORARY);
        Work work = Work.counting();
        // bf16 has 8 bits of significand: between 256 and 258 lies only the tie 257, which goes to the even 256
        tensor.store(1, new float[] {0, 257, 259}, 1, 2, work);
        float[] loaded = new float[4];
        tensor.load(0, loaded, 0, 4, work);
        assertThat(loaded).containsExactly(0, 256, 260, 0);
        assertThat(work.counts()).isEqualTo(new Counts(0, 0, 4 * 2, 2 * 2));
    }

    @ParameterizedTest
    @EnumSource(AfterRelease.class)
    void aReleasedTensorCannotBeUsed(AfterRelease afterRelease) {
        Memory memory = new Memory(new Bytes(1000), afterRelease);
        Tensor tensor = memory.allocate("x", List.of(2), DataType.F32, Category.TEMPORARY);
        memory.release(tensor);
        assertThat(tensor.isReleased()).isTrue();
        assertThat(memory.held(Category.TEMPORARY)).isEqualTo(Bytes.ZERO);
        float[] values = new float[2];
        assertThatThrownBy(() -> tensor.load(0, values, 0, 2, Work.ignored()))
                .hasMessage("x was used after its release");
        assertThatThrownBy(() -> tensor.store(0, values, 0, 2, Work.ignored()))
                .hasMessage("x was used after its release");
        assertThatThrownBy(tensor::floats).hasMessage("x was used after its release");
        assertThatThrownBy(() -> memory.release(tensor)).hasMessage("x was used after its release");
    }

    @Test
    void whoeverKeptTheElementsOfAPoisonedTensorComputesNonsense() {
        Memory memory = new Memory(new Bytes(1000), AfterRelease.POISON);
        Tensor real = memory.allocate("x", List.of(2), DataType.F32, Category.TEMPORARY);
        Tensor mask = memory.allocate("mask", List.of(2), DataType.U8, Category.TEMPORARY);
        Tensor ids = memory.allocate("ids", List.of(2), DataType.I32, Category.TEMPORARY);
        float[] keptReal = real.floats();
        byte[] keptMask = mask.octets();
        int[] keptIds = ids.integers();
        memory.release(real);
        memory.release(mask);
        memory.release(ids);
        assertThat(keptReal).containsOnly(Float.NaN);
        assertThat(keptMask).containsOnly(-1);
        assertThat(keptIds).containsOnly(Integer.MIN_VALUE);
    }

    @Test
    void aReaderIsNoticed() {
        Tensor tensor = Memory.unlimited().allocate("x", List.of(2), DataType.F16, Category.SAVED_ACTIVATION);
        tensor.store(0, new float[] {1, 2}, 0, 2, Work.ignored());
        assertThat(tensor.wasRead()).isFalse();
        tensor.load(0, new float[1], 0, 1, Work.ignored());
        assertThat(tensor.wasRead()).isTrue();
        tensor.forgetReads();
        assertThat(tensor.wasRead()).isFalse();
    }

    @Test
    void elementsAreHandedOutOnlyInTheTypeTheyAreHeldIn() {
        Tensor tensor = Memory.unlimited().allocate("x", List.of(2), DataType.F16, Category.TEMPORARY);
        assertThatThrownBy(tensor::floats).hasMessage("x is held in f16, not in f32");
        assertThatThrownBy(tensor::integers).hasMessage("x is held in f16, not in i32");
    }
}
