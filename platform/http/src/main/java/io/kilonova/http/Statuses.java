package io.kilonova.http;

/** The HTTP statuses that routes name. */
public final class Statuses {
    public static final int OK = 200;
    public static final int CREATED = 201;
    public static final int ACCEPTED = 202;
    public static final int NO_CONTENT = 204;
    public static final int MULTI_STATUS = 207;
    public static final int MULTIPLE_CHOICES = 300;

    private Statuses() {}
}
