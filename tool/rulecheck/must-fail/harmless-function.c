/* breaks: nothing as src/domain/x/x.c */
static const struct row rows[] = {
    { 0 },
    { 1 },
    { 2 },
    { 3 },
    { 4 },
    { 5 },
    { 6 },
    { 7 },
    { 8 },
    { 9 },
    { 10 },
    { 11 },
    { 12 },
    { 13 },
    { 14 },
    { 15 },
    { 16 },
    { 17 },
    { 18 },
    { 19 },
    { 20 },
    { 21 },
    { 22 },
    { 23 },
    { 24 },
    { 25 },
    { 26 },
    { 27 },
    { 28 },
    { 29 },
    { 30 },
    { 31 },
    { 32 },
    { 33 },
    { 34 },
    { 35 },
    { 36 },
    { 37 },
    { 38 },
    { 39 },
    { 40 },
    { 41 },
    { 42 },
    { 43 },
    { 44 },
    { 45 },
    { 46 },
    { 47 },
    { 48 },
    { 49 },
    { 50 },
    { 51 },
    { 52 },
    { 53 },
    { 54 },
    { 55 },
    { 56 },
    { 57 },
    { 58 },
    { 59 },
    { 60 },
    { 61 },
    { 62 },
    { 63 },
    { 64 },
    { 65 },
    { 66 },
    { 67 },
    { 68 },
    { 69 },
    { 70 },
    { 71 },
    { 72 },
    { 73 },
    { 74 },
    { 75 },
    { 76 },
    { 77 },
    { 78 },
    { 79 },
    { 80 },
    { 81 },
    { 82 },
    { 83 },
    { 84 },
    { 85 },
    { 86 },
    { 87 },
    { 88 },
    { 89 },
};

struct x {
    int a0;
    int a1;
    int a2;
    int a3;
    int a4;
    int a5;
    int a6;
    int a7;
    int a8;
    int a9;
    int a10;
    int a11;
    int a12;
    int a13;
    int a14;
    int a15;
    int a16;
    int a17;
    int a18;
    int a19;
    int a20;
    int a21;
    int a22;
    int a23;
    int a24;
    int a25;
    int a26;
    int a27;
    int a28;
    int a29;
    int a30;
    int a31;
    int a32;
    int a33;
    int a34;
    int a35;
    int a36;
    int a37;
    int a38;
    int a39;
    int a40;
    int a41;
    int a42;
    int a43;
    int a44;
    int a45;
    int a46;
    int a47;
    int a48;
    int a49;
    int a50;
    int a51;
    int a52;
    int a53;
    int a54;
    int a55;
    int a56;
    int a57;
    int a58;
    int a59;
    int a60;
    int a61;
    int a62;
    int a63;
    int a64;
    int a65;
    int a66;
    int a67;
    int a68;
    int a69;
    int a70;
    int a71;
    int a72;
    int a73;
    int a74;
    int a75;
    int a76;
    int a77;
    int a78;
    int a79;
    int a80;
    int a81;
    int a82;
    int a83;
    int a84;
    int a85;
    int a86;
    int a87;
    int a88;
    int a89;
};

#define M(a)   \
    do {       \
        (a)++; \
    } while (0)

int x(int a) {
    a += 0;
    a += 1;
    a += 2;
    a += 3;
    a += 4;
    a += 5;
    a += 6;
    a += 7;
    a += 8;
    a += 9;
    a += 10;
    a += 11;
    a += 12;
    a += 13;
    a += 14;
    a += 15;
    a += 16;
    a += 17;
    a += 18;
    a += 19;
    a += 20;
    a += 21;
    a += 22;
    a += 23;
    a += 24;
    a += 25;
    a += 26;
    a += 27;
    a += 28;
    a += 29;
    a += 30;
    a += 31;
    a += 32;
    a += 33;
    a += 34;
    a += 35;
    a += 36;
    a += 37;
    a += 38;
    a += 39;
    a += 40;
    a += 41;
    a += 42;
    a += 43;
    a += 44;
    a += 45;
    a += 46;
    a += 47;
    a += 48;
    a += 49;
    a += 50;
    a += 51;
    a += 52;
    a += 53;
    a += 54;
    a += 55;
    a += 56;
    a += 57;
    a += 58;
    a += 59;
    a += 60;
    a += 61;
    a += 62;
    a += 63;
    a += 64;
    a += 65;
    a += 66;
    a += 67;
    a += 68;
    a += 69;
    a += 70;
    a += 71;
    a += 72;
    a += 73;
    a += 74;
    a += 75;
    a += 76;
    return a;
}

int y(int a) {
    return (struct z){ a }.a;
}
