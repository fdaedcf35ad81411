/* The panels of the dashboard, drawn by ECharts from the JSON beside each [data-panel]. A bar opens its rows. */
"use strict";

const style = getComputedStyle(document.documentElement);
const level = (name) => style.getPropertyValue(`--level-${name}`).trim();
const COLOURS = {
  red: level("red"), orange: "#d9822b", yellow: "#d4af1c",
  bar: "#1d56a5", done: "#3d8b5f", back: "#c5cedb", late: level("red"),
};

function optionOf({ unit, categories, series, stacked, across }, { large, narrow }) {
  const size = large ? 16 : 12, all = across || categories.length < 10;
  const named = { type: "category", data: categories, inverse: across, axisTick: { show: false },
    axisLabel: { fontSize: size, color: "#4a5560", interval: all ? 0 : "auto", rotate: narrow && all && !across ? 45 : 0, width: across ? (large ? 200 : 130) : undefined, overflow: across ? "truncate" : undefined },
    axisLine: { lineStyle: { color: "#cfd6de" } } };
  const counted = { type: "value", minInterval: 1, splitNumber: 4, axisLabel: { fontSize: size, color: "#5b6673" }, splitLine: { lineStyle: { color: "#eef1f5" } } };
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 16, top: series.length > 1 ? 34 : 14, bottom: 4, containLabel: true },
    legend: series.length > 1 ? { top: 0, right: 0, itemWidth: 14, itemHeight: 8, icon: "roundRect", textStyle: { fontSize: size, color: "#4a5560" } } : undefined,
    // richText: a tooltip of HTML carries inline styles, which the Content-Security-Policy refuses.
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", confine: true,
      valueFormatter: (value) => (value === null || value === undefined ? "—" : `${value.toLocaleString("zh-CN")} ${unit}`) },
    xAxis: across ? counted : named,
    yAxis: across ? named : counted,
    series: series.map(({ name, form, data }) => ({
      name, data, type: "bar", stack: stacked ? "all" : undefined, barMaxWidth: large ? 40 : 26, barGap: "10%",
      itemStyle: { color: COLOURS[form] }, cursor: "pointer",
    })),
  };
}

document.addEventListener("DOMContentLoaded", () => {
  const large = Boolean(document.querySelector(".wall"));
  document.querySelectorAll("[data-panel]").forEach((box) => {
    const chart = echarts.init(box);
    chart.setOption(optionOf(JSON.parse(document.getElementById(box.dataset.panel).textContent), { large, narrow: box.clientWidth < 400 }));
    chart.on("click", ({ data }) => { if (data.href && data.value) location.assign(data.href); });
    new ResizeObserver(() => chart.resize()).observe(box);
  });
});
