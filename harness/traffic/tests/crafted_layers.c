/* A row for each form of each layer that dissect.c knows (crafted_layers.h). */
#include "harness/traffic/tests/crafted_layers.h"

#define MAC "020202020202 030303030303 "
#define UDP4 "I11 U138c"
#define UDP6 "J11 U138c"
#define SNAP "aaaa03 000000 "
#define WIFI_ADDRESSES "a1a1a1a1a1a1 a2a2a2a2a2a2 a3a3a3a3a3a3 0010 "

static const struct crafted_row link_layers[] = {
    {0, "02000000" UDP4},
    {0, "00000002" UDP4},
    {0, "1e000000" UDP6},
    {108, "00000002" UDP4},
    {108, "00000018" UDP6},
    {12, UDP4},
    {14, UDP6},
    {101, UDP4},
    {228, UDP4},
    {229, UDP6},
    {1, MAC "0800" UDP4},
    {1, MAC "86dd" UDP6},
    {113, "0000 0001 0006 aabbccddeeff 0000 0800" UDP4},
    {113, "0004 0001 0006 aabbccddeeff 0000 0004" SNAP "86dd" UDP6},
    {113, "0000 0001 0006 aabbccddeeff 0000 8100 0064 0800" UDP4},
    {276, "0800 0000 00000003 0001 00 06 aabbccddeeff 0000" UDP4},
    {276, "0004 0000 00000003 0001 00 06 aabbccddeeff 0000" SNAP "0800" UDP4},
};

static const struct crafted_row tags[] = {
    {1, MAC "8100 0064 0800" UDP4},
    {1, MAC "88a8 0064 8100 0065 86dd" UDP6},
    {1, MAC "9100 0064 8100 0065 8100 0066 0800" UDP4},
    {1, MAC "0042" SNAP "0800" UDP4},
    {1, MAC "8100 0064 0042" SNAP "0800" UDP4},
};

static const struct crafted_row point_to_point[] = {
    {9, "0021" UDP4},
    {9, "0057" UDP6},
    {9, "21" UDP4},
    {9, "57" UDP6},
    {9, "ff03 0021" UDP4},
    {9, "ff03 21" UDP4},
    {9, "0281 00064140" UDP4},
    {50, "ff03 0057" UDP6},
    {50, "0f00 0800" UDP4},
    {50, "8f00 86dd" UDP6},
    {51, "1100 0007 003c 0021" UDP4},
    {104, "0f00 0800" UDP4},
    {104, "8f00 86dd" UDP6},
    {1, MAC "8864 1100 0007 003c 0021" UDP4},
    {1, MAC "8100 0064 8864 1100 0007 0051 57" UDP6},
};

static const struct crafted_row wireless[] = {
    {105, "0801 0000" WIFI_ADDRESSES SNAP "0800" UDP4},
    {105, "0802 0000" WIFI_ADDRESSES SNAP "86dd" UDP6},
    {105, "0803 0000" WIFI_ADDRESSES "a4a4a4a4a4a4" SNAP "0800" UDP4},
    {105, "8801 0000" WIFI_ADDRESSES "0000" SNAP "0800" UDP4},
    {105, "8881 0000" WIFI_ADDRESSES "0000 00000000" SNAP "0800" UDP4},
    {105, "8803 0000" WIFI_ADDRESSES "a4a4a4a4a4a4 0000" SNAP "0800" UDP4},
    {127, "0000 0800 00000000 0801 0000" WIFI_ADDRESSES SNAP "0800" UDP4},
    /* Its flags say padding, none, padding behind a time stamp, and behind that and a word more. */
    {127, "0000 0900 02000000 20 8801 0000" WIFI_ADDRESSES "0000 0000" SNAP "0800" UDP4},
    {127, "0000 0900 02000000 00 8801 0000" WIFI_ADDRESSES "0000" SNAP "0800" UDP4},
    {127, "0000 1100 03000000 2020202020202020 20 8801 0000" WIFI_ADDRESSES "0000 0000" SNAP
          "0800" UDP4},
    {127, "0000 1900 03000080 00000000 00000000 0000000000000000 20 8801 0000" WIFI_ADDRESSES
          "0000 0000" SNAP "0800" UDP4},
    {127, "0000 1000 01000000 2020202020202020 8801 0000" WIFI_ADDRESSES "0000" SNAP "0800" UDP4},
};

static const struct crafted_row log_group[] = {
    {239, "02 00 0000 3e00 0900" UDP4},
    {239, "02 00 0000 0800 0100 08000103 0500 0a00 00 000000 3e00 0900" UDP4},
    {239, "0a 00 0000 0800 0100 86dd0103 5200 0900" UDP6},
    {239, "02 00 0000 0008 0001 08000103 0005 000a 00 000000 003e 0009" UDP4},
};

static const struct crafted_row labels[] = {
    {219, "00064140" UDP4},
    {219, "00064040 00065140" UDP6},
    {1, MAC "8847 00064040 00065140" UDP4},
    {1, MAC "8848 00064140" UDP4},
    {1, MAC "8847 00064140 00000000" MAC "0800" UDP4},
    {1, MAC "8847 00064140 00000007" MAC "8100 0064 0800" UDP4},
    {1, MAC "8847 00066140" MAC "0800" UDP4},
    {1, MAC "8847 00066140 480000000001 030303030303 0800" UDP4},
    {1, MAC "8847 00066140 6c0000000001 030303030303 86dd" UDP6},
    {1, MAC "8847 00066140 a40000000001 030303030303 8100 0064 0800" UDP4},
};

static const struct crafted_row over_ip[] = {
    {12, "I04" UDP4},
    {12, "I29" UDP6},
    {12, "J04" UDP4},
    {12, "J29" UDP6},
    {12, "J3c 04 00 000000000000" UDP4},
    {12, "I89 00064140" UDP4},
    {12, "I2f 0000 0800" UDP4},
    {12, "I2f 0000 86dd" UDP6},
    {12, "J2f 2000 0800 00000009" UDP4},
    {12, "I2f 1000 0800 00000007" UDP4},
    {12, "I2f 3000 0800 00000009 00000007" UDP4},
    {12, "I2f b000 0800 12340000 00000009 00000007" UDP4},
    {12, "I2f 2000 6558 00000900" MAC "0800" UDP4},
    {12, "I2f 0000 8847 00064140" UDP4},
    {12, "I2f 2001 880b 003c0009 0021" UDP4},
    {12, "I2f 3001 880b 003e0009 00000007 ff03 0021" UDP4},
    {12, "I2f 3081 880b 003b0009 00000007 00000003 21" UDP4},
    {12, "I2f 2081 880b 003c0009 00000003 0057" UDP6},
    {12, "I2f 0000 88be" MAC "0800" UDP4},
    {12, "I2f 1000 88be 00000007 10640000 00000000" MAC "0800" UDP4},
    {12, "I2f 1000 88be 00000007 10640000 00000000" MAC "8100 0064 86dd" UDP6},
    {12, "I2f 1000 22eb 00000007 20640000 00000000 00000000" MAC "0800" UDP4},
    {12, "I2f 1000 22eb 00000007 20640000 00000000 00000001 1122334455667788" MAC "0800" UDP4},
    {12, "I2f 1000 22eb 00000007 20640000 00000000 00000800" UDP4},
};

static const struct crafted_row in_udp[] = {
    {12, "I11 U12b5 08000000 00000900" MAC "0800" UDP4},
    {12, "J11 U2118 08000000 00000900" MAC "8100 0064 86dd" UDP6},
    {12, "I11 U17c1 0000 6558 00000900" MAC "0800" UDP4},
    {12, "I11 U17c1 0240 6558 00000900 0102 80 01 11223344" MAC "0800" UDP4},
    {12, "I11 U17c1 0000 0800 00000900" UDP4},
    {12, "J11 U17c1 0000 86dd 00000900" UDP6},
    {12, "I11 U0868 30ff 003c 00000009" UDP4},
    {12, "I11 U0868 32ff 0040 00000009 0007 00 00" UDP4},
    {12, "I11 U0868 34ff 0058 00000009 0000 00 85 01 1001 00" UDP6},
    {12, "I11 U0868 36ff 004c 00000009 0007 00 c0 01 0001 85 02 100100000000 00" UDP4},
};

static const struct crafted_row nested[] = {
    {1, MAC "0800 I11 U12b5 08000000 00000900" MAC "0800 I11 U17c1 0000 0800 00000900" UDP4},
    {1, MAC "0800 I11 U0868 30ff 0076 00000009 I2f 0000 6558" MAC "86dd" UDP6},
    {276,
     "0800 0000 00000003 0001 00 06 aabbccddeeff 0000 I04 I29 J2f 0000 0800 I11 U12b5 08000000 "
     "00000900" MAC "8864 1100 0007 003c 0021" UDP4},
};

const struct crafted_group crafted_groups[] = {
    {"link-layers", link_layers, sizeof link_layers / sizeof *link_layers},
    {"tags", tags, sizeof tags / sizeof *tags},
    {"point-to-point", point_to_point, sizeof point_to_point / sizeof *point_to_point},
    {"wireless", wireless, sizeof wireless / sizeof *wireless},
    {"log-group", log_group, sizeof log_group / sizeof *log_group},
    {"labels", labels, sizeof labels / sizeof *labels},
    {"over-ip", over_ip, sizeof over_ip / sizeof *over_ip},
    {"in-udp", in_udp, sizeof in_udp / sizeof *in_udp},
    {"nested", nested, sizeof nested / sizeof *nested},
    {NULL, NULL, 0},
};
