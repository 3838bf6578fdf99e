"""The two SDS services behind one port: `classic` and `industry_data`."""
