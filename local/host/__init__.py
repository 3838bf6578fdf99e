"""The functions host: Microsoft's own worker library runs the app, this package is what surrounds it in Azure."""
