#pragma once

#include "dispatch/v1/event.pb.h"
#include "dispatch/v1/station.pb.h"
#include "messages/wire/codec/bodies.hpp"
#include "messages/wire/codec/fields.hpp"

/// The commands and events of stations: how each is spelled. For codec_commands.cpp and
/// codec_events.cpp only.
namespace dispatch::wire {

// --- commands -----------------------------------------------------------------------------------

WIRE_COMMAND(open_station, OpenStation) {
  WIRE_MESSAGE(at);
  WIRE_DEFAULTED_MESSAGE(hours);
}

WIRE_COMMAND(close_station, CloseStation) {}

WIRE_COMMAND(report_stock, ReportStock) {
  WIRE_MESSAGES(levels);
  if constexpr (A::strict) {
    a.present("levels", !p.levels.empty());
    a.each_once("levels", p.levels, limits::counts_per_report, &counted_stock::item);
  }
}

// --- events -------------------------------------------------------------------------------------

WIRE_EVENT(station_event, station_opened) {
  WIRE_MESSAGE(at);
  WIRE_DEFAULTED_MESSAGE(hours);
}

WIRE_EVENT(station_event, station_closed) {}
WIRE_EVENT_FIELD(station_event, actor_paused, station_paused);
WIRE_EVENT_FIELD(station_event, actor_resumed, station_resumed);

WIRE_FIELDS(taken_goods) {
  WIRE_TEXT(order);
  WIRE_TEXT(item);
}

WIRE_EVENT(station_event, stock_reported) {
  WIRE_MESSAGES(levels);
  WIRE_TIME(at);
  WIRE_TIME(silent_from);
  WIRE_MESSAGES(taken);
  WIRE_TEXTS(by_policy);
}

WIRE_EVENT(station_event, stock_reserved) {
  WIRE_TEXT(order);
  WIRE_MESSAGES(items);
  WIRE_TIME(until);
}

WIRE_EVENT(station_event, stock_released) {
  WIRE_TEXT(order);
  WIRE_ENUM(reason, StockLoss);
}

WIRE_EVENT(station_event, stock_consumed) { WIRE_TEXT(order); }

WIRE_EVENT(station_event, stock_returned) {
  WIRE_TEXT(order);
  WIRE_MESSAGES(items);
}

WIRE_EVENT(station_event, stock_low) {
  WIRE_TEXT(item);
  WIRE_VALUE(available);
  WIRE_VALUE(low_below);
}

WIRE_EVENT(station_event, sensor_silent) { WIRE_TIME(since); }
WIRE_EVENT(station_event, hand_over_began) { WIRE_TEXT(order); }

WIRE_EVENT(station_event, hand_over_ended) {
  WIRE_TEXT(order);
  WIRE_TIME(until);
}

} // namespace dispatch::wire
