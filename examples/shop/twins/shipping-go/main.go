// The shipping service in Go: a plain gRPC server, which behaves as examples/shop/shipping/shipping.cc does.
//
//	PORT=5004 STATE=/var/lib/shipping bin/shipping
//
// It listens on 127.0.0.1:5004 and keeps its shipments in the folder STATE; SIGTERM lets the calls under way end, then it ends.
// TABLES is the folder of zones.tsv and countries.tsv, if not the one of the original.
package main

import (
	"cmp"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"shop/shipping/contracts"
)

const drain = 5 * time.Second

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	original := filepath.Join(filepath.Dir(program), "../../../shipping")
	tables, err := readTables(cmp.Or(os.Getenv("TABLES"), original))
	if err != nil {
		return err
	}
	shipments, err := openShipments(filepath.Join(cmp.Or(os.Getenv("STATE"), "."), "shipments"))
	if err != nil {
		return err
	}
	defer shipments.close()
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		return err
	}
	return serve(listener, &shipping{tables: tables, shipments: shipments})
}

func serve(listener net.Listener, service *shipping) error {
	server := grpc.NewServer()
	status := health.NewServer()
	contracts.RegisterShippingServer(server, service)
	healthpb.RegisterHealthServer(server, status)
	status.SetServingStatus("shop.Shipping", healthpb.HealthCheckResponse_SERVING)

	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	go func() {
		<-asked
		status.Shutdown()
		time.AfterFunc(drain, server.Stop)
		server.GracefulStop()
	}()
	fmt.Println("answers on", listener.Addr())
	return server.Serve(listener)
}
