// Drawings that are read along a line: a customer's rhythm, the stages of everybody, money by age.
(() => {
  const tone = (name) => {
    const probe = document.createElement("i");
    probe.hidden = true;
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    // The library does not read oklch(): let the browser turn it into red, green and blue.
    const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
    return (alpha = 1) => `rgba(${r},${g},${b},${alpha})`;
  };
  const language = document.documentElement.lang;
  const money = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(language, { style: "percent" });
  const dated = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const monthly = new Intl.DateTimeFormat(language, { month: "short", year: "2-digit" });

  const ground = () => {
    const ink = tone("muted-foreground")();
    const line = tone("border")();
    const family = getComputedStyle(document.body).fontFamily;
    return {
      ink,
      line,
      base: {
        animation: false,
        textStyle: { fontFamily: family, color: ink },
        aria: { enabled: true },
        tooltip: {
          trigger: "axis",
          renderMode: "richText",
          backgroundColor: tone("card")(),
          borderColor: line,
          textStyle: { color: tone("foreground")(), fontFamily: family, fontSize: 12 },
        },
      },
      time: {
        type: "time",
        axisLine: { lineStyle: { color: line } },
        axisTick: { show: false },
        axisLabel: { color: ink, hideOverlap: true, formatter: (at) => monthly.format(at) },
        splitLine: { show: false },
      },
    };
  };

  const rhythm = (data) => {
    const { ink, line, base, time } = ground();
    const primary = tone("primary");
    const [low, middle, high] = data.likely;
    return {
      ...base,
      grid: { left: 46, right: 46, top: 34, bottom: 28 },
      tooltip: {
        ...base.tooltip,
        formatter: (points) => {
          const [point] = points;
          const shown = point.seriesIndex === 1 ? percent.format(point.data[1]) : money.format(point.data[1]);
          return `${dated.format(new Date(point.data[0]))}\n${point.seriesName}: ${shown}`;
        },
      },
      xAxis: time,
      yAxis: [
        {
          type: "value",
          axisLabel: { color: ink, formatter: (amount) => money.format(amount) },
          splitLine: { lineStyle: { color: line } },
        },
        {
          type: "value",
          min: 0,
          max: 1,
          axisLabel: { color: ink, formatter: (share) => percent.format(share) },
          splitLine: { show: false },
        },
      ],
      series: [
        {
          name: data.words.bought,
          type: "bar",
          barWidth: 4,
          itemStyle: { color: primary(), borderRadius: 2 },
          data: data.purchases,
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { color: ink, type: "dashed" },
            label: { formatter: data.words.today, position: "end", color: ink, fontSize: 11 },
            data: [{ xAxis: data.today }],
          },
          markArea:
            low && high
              ? {
                  silent: true,
                  itemStyle: { color: tone("slipping")(0.16) },
                  label: { show: true, position: "insideTopLeft", offset: [2, 2], color: ink, fontSize: 11, formatter: data.words.likely },
                  data: [[{ xAxis: low }, { xAxis: high }]],
                }
              : undefined,
        },
        {
          name: data.words.chance,
          type: "line",
          yAxisIndex: 1,
          showSymbol: false,
          lineStyle: { color: tone("slipping")(), width: 2.5 },
          itemStyle: { color: tone("slipping")() },
          data: data.curve,
          markPoint: middle
            ? { symbol: "circle", symbolSize: 1, label: { show: false }, data: [{ coord: [middle, 0.5] }] }
            : undefined,
        },
      ],
    };
  };

  const stages = (data) => {
    const { ink, line, base, time } = ground();
    return {
      ...base,
      legend: { bottom: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: ink } },
      grid: { left: 52, right: 16, top: 16, bottom: 58 },
      xAxis: time,
      yAxis: { type: "value", axisLabel: { color: ink }, splitLine: { lineStyle: { color: line } } },
      series: data.series.map(({ code, name, values }) => ({
        name,
        type: "line",
        stack: "all",
        showSymbol: false,
        lineStyle: { width: 0 },
        itemStyle: { color: tone(code)() },
        areaStyle: { color: tone(code)(0.85) },
        data: values.map((count, place) => [data.days[place], count]),
      })),
    };
  };

  // Money along months of age, or weeks: a line for each group, a band where one is told, one level.
  const lines = (data) => {
    const { ink, line, base } = ground();
    const tones = ["new", "slipping", "lost", "returned", "active"];
    const solid = data.series.filter(({ dashed }) => !dashed);
    const colour = (one) => (one === data.series[0] || one.dashed ? tone("primary") : tone(tones[(solid.indexOf(one) - 1) % tones.length]))();
    const coins = new Intl.NumberFormat(language, { style: "currency", currency: data.currency, maximumFractionDigits: 0 });
    const shown = (value) => (data.unit === "percent" ? percent.format(value) : coins.format(value));
    const level = data.level === null ? [] : [{ yAxis: data.level, name: data.words.level }];
    return {
      ...base,
      // Each name has its line as it is drawn, solid or dashed, and no mark upon it.
      legend: { bottom: 0, type: "scroll", itemWidth: 26, itemHeight: 10, itemStyle: { opacity: 0 }, textStyle: { color: ink } },
      grid: { left: 12, right: 20, top: 20, bottom: 62, containLabel: true },
      tooltip: { ...base.tooltip, valueFormatter: (value) => (value == null ? "–" : shown(value)) },
      xAxis: {
        type: "category",
        data: data.across,
        name: data.words.across,
        nameLocation: "middle",
        nameGap: 26,
        boundaryGap: false,
        axisLine: { lineStyle: { color: line } },
        axisTick: { show: false },
        axisLabel: { color: ink, hideOverlap: true },
      },
      yAxis: { type: "value", scale: Boolean(data.close), axisLabel: { color: ink, formatter: shown }, splitLine: { lineStyle: { color: line } } },
      series: data.series.map((one, place) => ({
        name: one.name,
        type: "line",
        showSymbol: one.values.length < 3,
        itemStyle: { color: colour(one) },
        lineStyle: { width: place ? 1.5 : 2.5, type: one.dashed ? "dashed" : "solid", color: colour(one) },
        data: one.values,
        markLine:
          place === 0 && level.length
            ? {
                silent: true,
                symbol: "none",
                lineStyle: { color: ink, type: "dashed" },
                label: { formatter: "{b}", position: "insideEndTop", color: ink, fontSize: 11 },
                data: level,
              }
            : undefined,
      })),
    };
  };

  const kinds = { rhythm, stages, lines };
  const drawn = [];
  document.querySelectorAll("[data-chart]").forEach((place) => {
    const data = JSON.parse(document.getElementById(place.dataset.from).textContent);
    const chart = echarts.init(place);
    const draw = () => chart.setOption(kinds[place.dataset.chart](data), true);
    draw();
    drawn.push({ chart, draw });
  });
  addEventListener("resize", () => drawn.forEach(({ chart }) => chart.resize()));
  new MutationObserver(() => drawn.forEach(({ draw }) => draw())).observe(document.documentElement, {
    attributeFilter: ["class"],
  });
})();
