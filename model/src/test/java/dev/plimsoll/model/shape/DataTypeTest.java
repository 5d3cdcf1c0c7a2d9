package dev.plimsoll.model.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.model.units.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataTypeTest {
    @Test
    void bitsAreThoseOfTheNameAndItsScales() {
        bits(64, DataType.F64, DataType.I64, DataType.U64, DataType.C64);
        bits(32, DataType.F32, DataType.I32, DataType.U32);
        bits(16, DataType.F16, DataType.BF16, DataType.I16, DataType.U16);
        bits(8, DataType.F8_E4M3, DataType.F8_E5M2, DataType.F8_E8M0, DataType.I8, DataType.U8, DataType.BOOL);
        bits(6, DataType.F6_E2M3, DataType.F6_E3M2);
        bits(4, DataType.F4, DataType.I4, DataType.U4);
        bits(4 + 8 / 32.0, DataType.MXFP4);
        bits(4 + 8 / 16.0, DataType.NVFP4);
        bits(4 + 32 / 64.0, DataType.NF4);
    }

    private static void bits(double expected, DataType... types) {
        assertThat(List.of(types))
                .allSatisfy(type ->
                        assertThat(type.bitsPerElement()).as(type.name()).isEqualTo(expected));
    }

    @Test
    void bytesAreThoseOfWholeBlocks() {
        assertThat(DataType.BF16.bytes(70_000_000_000L)).isEqualTo(new Bytes(140_000_000_000L));
        assertThat(DataType.MXFP4.bytes(0)).isEqualTo(Bytes.ZERO);
        assertThat(DataType.MXFP4.bytes(1)).isEqualTo(new Bytes(17));
        assertThat(DataType.MXFP4.bytes(32)).isEqualTo(new Bytes(17));
        assertThat(DataType.MXFP4.bytes(33)).isEqualTo(new Bytes(34));
        assertThat(DataType.F4.bytes(3)).isEqualTo(new Bytes(2));
        assertThat(DataType.F6_E2M3.bytes(8)).isEqualTo(new Bytes(6));
    }

    @Test
    void bytesAreExactToTheLastLongAndRefusedBehindIt() {
        assertThat(DataType.I8.bytes(Long.MAX_VALUE)).isEqualTo(new Bytes(Long.MAX_VALUE));
        assertThat(DataType.F4.bytes(Long.MAX_VALUE)).isEqualTo(new Bytes(1L << 62));
        assertThat(DataType.F16.bytes((1L << 53) + 1)).isEqualTo(new Bytes(18_014_398_509_481_986L));
        assertThatThrownBy(() -> DataType.F16.bytes(1L << 62)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> DataType.F16.bytes(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBlockHoldsSomething() {
        assertThatThrownBy(() -> new DataType("nothing", 0, 1)).hasMessageContaining("nothing");
        assertThatThrownBy(() -> new DataType("nothing", 1, 0)).hasMessageContaining("nothing");
    }
}
