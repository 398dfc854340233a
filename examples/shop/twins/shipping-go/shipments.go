package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	"google.golang.org/protobuf/encoding/protodelim"

	"shop/shipping/contracts"
)

// All shipments: in memory, and in a file to which each is appended before it is answered.
type shipments struct {
	mutex      sync.Mutex
	file       *os.File
	end        int64 // of what was written whole
	byOrder    map[string]*contracts.Shipment
	byTracking map[string]*contracts.Shipment
}

func openShipments(path string) (*shipments, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	all := &shipments{file: file, byOrder: map[string]*contracts.Shipment{}, byTracking: map[string]*contracts.Shipment{}}
	if err := all.load(); err != nil {
		file.Close()
		return nil, err
	}
	return all, nil
}

func (s *shipments) close() { s.file.Close() }

// The first shipment of the order: this one, or the one there was before.
func (s *shipments) addOnce(shipment *contracts.Shipment) (*contracts.Shipment, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if before := s.byOrder[shipment.OrderId]; before != nil {
		return before, nil
	}
	if err := s.append(shipment); err != nil {
		return nil, err
	}
	s.know(shipment)
	return shipment, nil
}

// Nil if there is none.
func (s *shipments) find(trackingID string) *contracts.Shipment {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.byTracking[trackingID]
}

func (s *shipments) know(shipment *contracts.Shipment) {
	s.byOrder[shipment.OrderId] = shipment
	s.byTracking[shipment.TrackingId] = shipment
}

// What a crash left half written at the end is overwritten by what comes next.
func (s *shipments) load() error {
	reader := &countingReader{reader: bufio.NewReader(s.file)}
	for {
		shipment := &contracts.Shipment{}
		err := protodelim.UnmarshalFrom(reader, shipment)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return s.file.Truncate(s.end)
		}
		if err != nil {
			return err
		}
		s.end = reader.count
		s.know(shipment)
	}
}

func (s *shipments) append(shipment *contracts.Shipment) error {
	if _, err := s.file.Seek(s.end, io.SeekStart); err != nil {
		return err
	}
	written, err := protodelim.MarshalTo(s.file, shipment)
	if err != nil {
		return err
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	s.end += int64(written)
	return nil
}

type countingReader struct {
	reader *bufio.Reader
	count  int64
}

func (c *countingReader) Read(into []byte) (int, error) {
	n, err := c.reader.Read(into)
	c.count += int64(n)
	return n, err
}

func (c *countingReader) ReadByte() (byte, error) {
	b, err := c.reader.ReadByte()
	if err == nil {
		c.count++
	}
	return b, err
}
