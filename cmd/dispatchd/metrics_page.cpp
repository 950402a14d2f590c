#include "cmd/dispatchd/metrics_page.hpp"

#include "cmd/dispatchd/answers/metric_list.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dispatch::daemon {

namespace {

using type = prometheus::MetricType;

prometheus::MetricFamily family(std::string_view name, std::string_view help) {
  prometheus::MetricFamily made;
  made.name = name;
  made.help = help;
  made.type = name.ends_with("_total") ? type::Counter : type::Gauge;
  return made;
}

} // namespace

std::string metrics_page(const zone_keeper& zones) {
  std::vector<const metric*> shown;
  std::vector<prometheus::MetricFamily> families;
  for (const auto& one : metric_list()) {
    if (!one.name.empty()) {
      shown.push_back(&one);
      families.push_back(family(one.name, one.help));
    }
  }
  zones.visit([&](const zone_runtime& zone) {
    for (std::size_t i = 0; i < shown.size(); ++i) {
      prometheus::ClientMetric value;
      value.label.push_back({"zone", zone.definition().name});
      (families[i].type == type::Counter ? value.counter.value : value.gauge.value) =
          number_of(shown[i]->read(zone.readings()));
      families[i].metric.push_back(std::move(value));
    }
  });
  auto followed = family(followed_name, followed_help);
  followed.metric.emplace_back().gauge.value = static_cast<double>(zones.followed());
  families.push_back(std::move(followed));
  return prometheus::TextSerializer{}.Serialize(families);
}

} // namespace dispatch::daemon
