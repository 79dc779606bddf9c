package xyz.autonomys.farmer.node.server;

import java.util.Optional;

/** An error answer of a method. */
public final class RpcException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Code of parameters that cannot be used. */
    public static final int INVALID_PARAMS = -32602;

    /** Code of an unknown method, and of a forbidden one. */
    public static final int METHOD_NOT_FOUND = -32601;

    /** Code of a failure inside. */
    public static final int INTERNAL_ERROR = -32603;

    private final int code;
    private final transient Optional<String> data;

    /** An error with this code and message and nothing more. */
    public RpcException(int code, String message) {
        this(code, message, Optional.empty());
    }

    /** An error with a text in its {@code data} member. */
    public RpcException(int code, String message, Optional<String> data) {
        super(message);
        this.code = code;
        this.data = data;
    }

    /** Parameters that cannot be used; {@code why} becomes the {@code data} member. */
    public static RpcException invalidParams(String why) {
        return new RpcException(INVALID_PARAMS, "Invalid params", Optional.of(why));
    }

    /** The code. */
    public int code() {
        return code;
    }

    /** The {@code data} member, if there is one. */
    public Optional<String> data() {
        return data;
    }
}
