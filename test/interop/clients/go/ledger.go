package main

import (
	"fmt"
	"strings"
	"sync"
)

// ledger is what the consumers of one group have seen so far.
type ledger struct {
	sync.Mutex
	seen        map[string]bool
	perConsumer []int
	assigned    []map[int32]bool
	assignments int
	altered     []string
	errors      []string
}

func newLedger(consumers int) *ledger {
	l := &ledger{seen: map[string]bool{}, perConsumer: make([]int, consumers), altered: []string{}, errors: []string{}}
	for range consumers {
		l.assigned = append(l.assigned, map[int32]bool{})
	}
	return l
}

func (l *ledger) read(consumer int, value string) {
	l.Lock()
	defer l.Unlock()
	parts := strings.SplitN(value, ":", 3)
	name := strings.Join(parts[:len(parts)-1], ":")
	if parts[len(parts)-1] != padding {
		l.altered = append(l.altered, name)
	}
	l.seen[name] = true
	l.perConsumer[consumer]++
}

func (l *ledger) add(consumer int, partitions []int32) {
	l.Lock()
	defer l.Unlock()
	for _, p := range partitions {
		l.assigned[consumer][p] = true
	}
	l.assignments++
}

func (l *ledger) remove(consumer int, partitions []int32) {
	l.Lock()
	defer l.Unlock()
	for _, p := range partitions {
		delete(l.assigned[consumer], p)
	}
	l.assignments++
}

func (l *ledger) fail(consumer int, err error) {
	l.Lock()
	defer l.Unlock()
	l.errors = append(l.errors, fmt.Sprintf("consumer %d: %v", consumer, err))
}

func (l *ledger) failed() bool {
	l.Lock()
	defer l.Unlock()
	return len(l.errors) > 0
}

func (l *ledger) count() int {
	l.Lock()
	defer l.Unlock()
	return len(l.seen)
}

// settled: every consumer has a partition, if there are that many, and none is assigned twice.
func (l *ledger) settled(partitions int) bool {
	l.Lock()
	defer l.Unlock()
	total, busy := 0, 0
	for _, own := range l.assigned {
		total += len(own)
		if len(own) > 0 {
			busy++
		}
	}
	return total == partitions && busy == min(partitions, len(l.assigned))
}
