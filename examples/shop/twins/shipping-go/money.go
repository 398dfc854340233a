package main

import (
	"fmt"
	"strconv"
	"strings"

	"shop/shipping/contracts"
)

const (
	currencyCode  = "EUR"
	nanosPerUnit  = 1_000_000_000
	decimalPlaces = 9
	// Ten thousand items and a thousand parcels of the dearest zone still fit into 64 bits.
	unitDigitsMax = 5
)

// Billionths of a euro.
type nanos int64

// "12.90"
func parseNanos(decimal string) (nanos, error) {
	units, fraction, pointed := strings.Cut(decimal, ".")
	if pointed && fraction == "" || len(units) > unitDigitsMax || len(fraction) > decimalPlaces {
		return 0, fmt.Errorf("%q is no amount of money", decimal)
	}
	value, err := strconv.ParseUint(units+fraction+strings.Repeat("0", decimalPlaces-len(fraction)), 10, 63)
	if units == "" || err != nil {
		return 0, fmt.Errorf("%q is no amount of money", decimal)
	}
	return nanos(value), nil
}

func (n nanos) money() *contracts.Money {
	return &contracts.Money{CurrencyCode: currencyCode, Units: int64(n / nanosPerUnit), Nanos: int32(n % nanosPerUnit)}
}
