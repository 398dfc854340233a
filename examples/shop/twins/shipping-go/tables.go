package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/shipping/contracts"
)

type zone struct {
	name             string
	parcel, item     nanos
	daysMin, daysMax int32
}

type tables struct {
	zoneOfCountry map[string]zone
	countries     *contracts.ListCountriesReply // by name
}

// What zones.tsv and countries.tsv of this folder say.
func readTables(folder string) (*tables, error) {
	zones, err := readZones(filepath.Join(folder, "zones.tsv"))
	if err != nil {
		return nil, err
	}
	rows, err := readTable(filepath.Join(folder, "countries.tsv"))
	if err != nil {
		return nil, err
	}
	read := &tables{zoneOfCountry: map[string]zone{}, countries: &contracts.ListCountriesReply{}}
	for _, row := range rows {
		zone, found := zones[row["zone"]]
		if !found {
			return nil, fmt.Errorf("countries.tsv: no zone %s", row["zone"])
		}
		read.zoneOfCountry[row["code"]] = zone
		read.countries.Countries = append(read.countries.Countries, &contracts.Country{Code: row["code"], Name: row["name"]})
	}
	slices.SortFunc(read.countries.Countries, func(a, b *contracts.Country) int { return strings.Compare(a.Name, b.Name) })
	return read, nil
}

func (t *tables) zoneOf(country string) (zone, error) {
	if zone, found := t.zoneOfCountry[country]; found {
		return zone, nil
	}
	return zone{}, status.Errorf(codes.InvalidArgument, "this shop does not send to \"%s\"", country)
}

func readZones(file string) (map[string]zone, error) {
	rows, err := readTable(file)
	if err != nil {
		return nil, err
	}
	zones := map[string]zone{}
	for _, row := range rows {
		read := zone{name: row["zone"]}
		for cell, into := range map[string]*nanos{"parcel": &read.parcel, "item": &read.item} {
			if *into, err = parseNanos(row[cell]); err != nil {
				return nil, fmt.Errorf("zones.tsv: %w", err)
			}
		}
		for cell, into := range map[string]*int32{"days_min": &read.daysMin, "days_max": &read.daysMax} {
			days, err := strconv.ParseInt(row[cell], 10, 32)
			if err != nil || days <= 0 {
				return nil, fmt.Errorf("zones.tsv: %q is no number of days", row[cell])
			}
			*into = int32(days)
		}
		zones[read.name] = read
	}
	return zones, nil
}

// The rows of a table: tab-separated, `#` comments, the first other line names the columns.
func readTable(file string) ([]map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var columns []string
	var rows []map[string]string
	for number, line := range strings.Split(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		if columns == nil {
			columns = cells
			continue
		}
		if len(cells) != len(columns) {
			return nil, fmt.Errorf("%s:%d: %d cells, the table has %d columns", file, number+1, len(cells), len(columns))
		}
		row := map[string]string{}
		for i, column := range columns {
			row[column] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}
