package io.kilonova.libvirt;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;

/** One function of libvirt. The arguments' boxes cost about 50 ns, a thousandth of what the daemon's answer costs. */
final class NativeFunction {
    private final String name;
    private final MethodHandle handle;

    NativeFunction(String name, MethodHandle handle) {
        this.name = name;
        this.handle = handle.asSpreader(Object[].class, handle.type().parameterCount())
                .asType(MethodType.methodType(Object.class, Object[].class));
    }

    /** Calls a function that returns an {@code int}. */
    int number(Object... arguments) {
        return (int) invoke(arguments);
    }

    /** Calls a function that returns a pointer. */
    MemorySegment pointer(Object... arguments) {
        return (MemorySegment) invoke(arguments);
    }

    /** Calls a function that returns nothing. */
    void nothing(Object... arguments) {
        invoke(arguments);
    }

    private Object invoke(Object[] arguments) {
        try {
            return handle.invokeExact(arguments);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw new IllegalStateException("calling " + name, failure);
        }
    }
}
