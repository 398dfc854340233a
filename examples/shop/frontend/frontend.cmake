# The frontend embeds its pictures and static files by the dozen.
file(GLOB shop_pictures RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/frontend CONFIGURE_DEPENDS frontend/pictures/*.svg)
shop_service(frontend FrontendService
  SOURCES frontend.cc browse.cc buy.cc visitor.cc replies.cc layout.cc browse_pages.cc order_pages.cc html.cc form.cc
          picture.cc
  DATA ${shop_pictures} static/shop.css static/shop.js static/favicon.svg)
