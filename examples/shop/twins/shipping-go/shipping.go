package main

import (
	"context"
	"crypto/rand"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"shop/shipping/contracts"
)

const (
	home           = "DE"
	itemsInAParcel = 10
	itemsMax       = 10_000
	lineBytesMax   = 200
	trackingDigits = 12
)

type shipping struct {
	contracts.UnimplementedShippingServer
	tables    *tables
	shipments *shipments
}

func (s *shipping) GetQuote(_ context.Context, request *contracts.GetQuoteRequest) (*contracts.Quote, error) {
	country := home
	if request.Address != nil {
		country = request.Address.Country
	}
	zone, err := s.tables.zoneOf(country)
	if err != nil {
		return nil, err
	}
	items, err := count(request.Items)
	if err != nil {
		return nil, err
	}
	cost := zone.parcel*nanos(parcelsFor(items)) + zone.item*nanos(items)
	return &contracts.Quote{Cost: cost.money(), Zone: zone.name, DaysMin: zone.daysMin, DaysMax: zone.daysMax}, nil
}

func (s *shipping) ShipOrder(_ context.Context, request *contracts.ShipOrderRequest) (*contracts.Shipment, error) {
	if request.OrderId == "" {
		return nil, status.Error(codes.InvalidArgument, "order_id is empty")
	}
	if err := checkAddress(request.GetAddress()); err != nil {
		return nil, err
	}
	items, err := count(request.Items)
	if err != nil {
		return nil, err
	}
	if items == 0 {
		return nil, status.Error(codes.InvalidArgument, "there is nothing to ship")
	}
	zone, err := s.tables.zoneOf(request.Address.Country)
	if err != nil {
		return nil, err
	}
	return s.shipments.addOnce(&contracts.Shipment{
		TrackingId: "HL-" + request.Address.Country + "-" + randomToken(),
		OrderId:    request.OrderId,
		Address:    proto.CloneOf(request.Address),
		Parcels:    parcelsFor(items),
		Zone:       zone.name,
		DaysMin:    zone.daysMin,
		DaysMax:    zone.daysMax,
	})
}

func (s *shipping) GetShipment(_ context.Context, request *contracts.GetShipmentRequest) (*contracts.Shipment, error) {
	if shipment := s.shipments.find(request.TrackingId); shipment != nil {
		return shipment, nil
	}
	return nil, status.Error(codes.NotFound, "there is no shipment "+request.TrackingId)
}

func (s *shipping) ListCountries(context.Context, *contracts.ListCountriesRequest) (*contracts.ListCountriesReply, error) {
	return s.tables.countries, nil
}

func count(items []*contracts.CartItem) (int32, error) {
	var sum int64
	for _, item := range items {
		if item.Quantity < 1 {
			return 0, status.Errorf(codes.InvalidArgument, "the quantity of %s is not positive", item.ProductId)
		}
		sum += int64(item.Quantity)
	}
	if sum > itemsMax {
		return 0, status.Error(codes.InvalidArgument, "more than 10,000 items are freight, not parcels")
	}
	return int32(sum), nil
}

func parcelsFor(items int32) int32 { return (items + itemsInAParcel - 1) / itemsInAParcel }

func checkAddress(address *contracts.Address) error {
	for _, line := range []string{address.GetName(), address.GetStreet(), address.GetCity(), address.GetZip()} {
		if line == "" {
			return status.Error(codes.InvalidArgument, "the address lacks a name, a street, a city or a postal code")
		}
		if len(line) > lineBytesMax {
			return status.Error(codes.InvalidArgument, "a line of the address is longer than 200 bytes")
		}
	}
	return nil
}

// Nobody can guess it.
func randomToken() string {
	token := make([]byte, trackingDigits)
	rand.Read(token)
	for i, random := range token {
		token[i] = "0123456789abcdefghijklmnopqrstuv"[random&31]
	}
	return string(token)
}
